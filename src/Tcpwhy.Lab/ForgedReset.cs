using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>A reset in another host's name, as somebody on the way can make one.</summary>
internal static class ForgedReset
{
    const int HeaderBytes = 20, Rst = 4;

    /// <summary>Sends it through a raw socket, which needs root.</summary>
    public static void Send(Endpoint source, Endpoint target, uint sequence)
    {
        byte[] segment = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt16BigEndian(segment, (ushort)source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), (ushort)target.Port);
        BinaryPrimitives.WriteUInt32BigEndian(segment.AsSpan(4), sequence);
        segment[12] = HeaderBytes / 4 << 4;
        segment[13] = Rst;
        byte[] from = source.Address.GetAddressBytes(), to = target.Address.GetAddressBytes();
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(16), Checksum([.. from, .. to, 0, (byte)ProtocolType.Tcp, 0, HeaderBytes, .. segment]));

        byte[] packet = from.Length == 4
            ? [0x45, 0, 0, 0, 0, 0, 0x40, 0, 61, (byte)ProtocolType.Tcp, 0, 0, .. from, .. to, .. segment] // the kernel fills in length, id and checksum
            : [0x60, 0, 0, 0, 0, HeaderBytes, (byte)ProtocolType.Tcp, 61, .. from, .. to, .. segment];
        using var raw = new Socket(target.Address.AddressFamily, SocketType.Raw, ProtocolType.Raw);
        raw.SendTo(packet, new IPEndPoint(target.Address, 0));
    }

    // RFC 1071; both pseudo headers sum up alike, since their zeros do not count.
    static ushort Checksum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (int i = 0; i < bytes.Length; i += 2)
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[i..]);
        sum = (sum & 0xffff) + (sum >> 16);
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
