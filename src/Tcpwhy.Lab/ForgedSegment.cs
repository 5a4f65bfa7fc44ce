using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>A TCP segment that no kernel's connection sent.</summary>
internal sealed record ForgedSegment(Endpoint Source, Endpoint Target, TcpFlags Flags, uint Sequence = 0, uint Acknowledges = 0, int Payload = 0)
{
    private const int HeaderBytes = 20;
    private const byte Hops = 64;

    /// <summary>Sends it through a raw socket, which needs root.</summary>
    public void Send()
    {
        byte[] segment = new byte[HeaderBytes + Payload];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)Source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)Target.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(8), Acknowledges);
        segment[12] = HeaderBytes / 4 << 4;
        segment[13] = (byte)Flags;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(14), 64_240);
        byte[] from = Source.Address.GetAddressBytes(), to = Target.Address.GetAddressBytes(), length = [(byte)(segment.Length >> 8), (byte)segment.Length];
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), Checksum([.. from, .. to, 0, (byte)ProtocolType.Tcp, .. length, .. segment]));

        byte[] packet = from.Length == 4
            ? [0x45, 0, 0, 0, 0, 0, 0x40, 0, Hops, (byte)ProtocolType.Tcp, 0, 0, .. from, .. to, .. segment] // the kernel fills in length, id and checksum
            : [0x60, 0, 0, 0, .. length, (byte)ProtocolType.Tcp, Hops, .. from, .. to, .. segment];
        using var raw = new Socket(Target.Address.AddressFamily, SocketType.Raw, ProtocolType.Raw);
        raw.SendTo(packet, new IPEndPoint(Target.Address, 0));
    }

    // RFC 1071; the pseudo headers of both families sum up alike, since their zeros do not count.
    private static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i + 1 < bytes.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        if (bytes.Length % 2 == 1)
            sum += (uint)bytes[^1] << 8;
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
