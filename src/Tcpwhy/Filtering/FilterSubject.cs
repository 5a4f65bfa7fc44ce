using System.Buffers.Binary;
using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Filtering;

/// <summary>What a filter asks of one socket and can be filled without allocating; what is not known stays at its default.</summary>
public readonly ref struct FilterSubject
{
    public TcpState State { get; init; }

    /// <summary>The local address, see <see cref="BitsOf(ReadOnlySpan{byte})"/>.</summary>
    public UInt128 Local { get; init; }
    public int LocalPort { get; init; }

    /// <summary>The remote address, see <see cref="BitsOf(ReadOnlySpan{byte})"/>.</summary>
    public UInt128 Remote { get; init; }
    public int RemotePort { get; init; }
    public int Pid { get; init; }

    /// <summary>The kernel's name of the process, at most 15 bytes, without the trailing zero.</summary>
    public ReadOnlySpan<byte> Comm { get; init; }

    /// <summary>Inode number of the network namespace.</summary>
    public uint Netns { get; init; }
    public ReadOnlySpan<char> Container { get; init; }

    /// <summary>Whether the conditions may also be met as seen from the other end.</summary>
    internal bool EitherEnd { get; init; }

    /// <summary>The same socket as its peer would see it.</summary>
    internal FilterSubject Turned => this with { Local = Remote, LocalPort = RemotePort, Remote = Local, RemotePort = LocalPort };

    /// <summary>An address of 4 or 16 bytes in network order as one number; IPv4 as ::ffff:a.b.c.d.</summary>
    public static UInt128 BitsOf(ReadOnlySpan<byte> address) => address.Length == 4
        ? new UInt128(0, 0xffff_0000_0000UL | BinaryPrimitives.ReadUInt32BigEndian(address))
        : BinaryPrimitives.ReadUInt128BigEndian(address);

    /// <inheritdoc cref="BitsOf(ReadOnlySpan{byte})"/>
    public static UInt128 BitsOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out int length);
        return BitsOf(bytes[..length]);
    }
}
