using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Tcpwhy.Kernel.Sockets;

/// <summary>A struct sockaddr_in or sockaddr_in6 as connect and bind take it, made once and used for every connection.</summary>
public readonly struct RawAddress
{
    private const int V4Length = 16;
    private const int V6Length = 28;
    private readonly Bytes _bytes;

    /// <summary>The address in the kernel's form; port 0 leaves the port to the kernel.</summary>
    public RawAddress(IPAddress address, int port)
    {
        Span<byte> bytes = _bytes;
        IsV6 = address.AddressFamily == AddressFamily.InterNetworkV6;
        Unsafe.WriteUnaligned(ref bytes[0], (ushort)(IsV6 ? Libc.AF_INET6 : Libc.AF_INET));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], checked((ushort)port));
        if (IsV6)
            Unsafe.WriteUnaligned(ref bytes[24], (uint)address.ScopeId);
        if (!address.TryWriteBytes(bytes[(IsV6 ? 8 : 4)..], out _))
            throw new InvalidDataException($"'{address}' is no address of IPv4 or IPv6");
    }

    /// <summary>Whether it is one of IPv6.</summary>
    public bool IsV6 { get; }

    internal uint Length => (uint)(IsV6 ? V6Length : V4Length);

    [UnscopedRef]
    internal ref readonly byte First => ref Unsafe.As<Bytes, byte>(ref Unsafe.AsRef(in _bytes));

    /// <summary>The address and port in what getsockname wrote; null when it is of another family.</summary>
    internal static IPEndPoint? Parse(ReadOnlySpan<byte> bytes) => bytes.Length < V4Length ? null : Unsafe.ReadUnaligned<ushort>(in bytes[0]) switch
    {
        Libc.AF_INET => new IPEndPoint(new IPAddress(bytes.Slice(4, 4)), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
        Libc.AF_INET6 when bytes.Length >= V6Length => new IPEndPoint(new IPAddress(bytes.Slice(8, 16)), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])),
        _ => null,
    };

    [InlineArray(V6Length)]
    private struct Bytes
    {
        private byte _first;
    }
}
