using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Netlink;

/// <summary>Asks connection tracking of the network namespace of the thread that makes it for single connections (ctnetlink). Needs CAP_NET_ADMIN.</summary>
public sealed class ConntrackSocket : IDisposable
{
    private const int NETLINK_NETFILTER = 12, CT_NEW = 1 << 8, CT_GET = 1 << 8 | 1;
    private const ushort TUPLE_ORIG = 1, TUPLE_REPLY = 2, STATUS = 3, TUPLE_IP = 1, TUPLE_PROTO = 2, NESTED = 0x8000;
    private const ushort V4_SRC = 1, V4_DST = 2, V6_SRC = 3, V6_DST = 4, PROTO_NUM = 1, SRC_PORT = 2, DST_PORT = 3;

    /// <summary>enum ip_conntrack_status: segments of both directions have passed; a whole handshake has.</summary>
    private const uint IPS_SEEN_REPLY = 2, IPS_ASSURED = 4;

    /// <summary>struct nfgenmsg: family, version, resource.</summary>
    private const int GenericSize = 4;

    private readonly byte[] buffer = new byte[16 * 1024];
    private readonly NetlinkSocket socket;

    /// <exception cref="KernelException">The kernel has no nfnetlink, or a sandbox forbids it.</exception>
    public ConntrackSocket() => socket = new NetlinkSocket(NETLINK_NETFILTER);

    /// <summary>The TCP connection to which segments with these addresses belong, in either direction; null when none is tracked.</summary>
    /// <exception cref="KernelException">Not allowed, or the kernel has no ctnetlink.</exception>
    /// <exception cref="InvalidDataException">The answer does not parse.</exception>
    public ConntrackEntry? Find(in ConntrackTuple tuple)
    {
        uint sequence = socket.NextSequence();
        socket.Send(Request(tuple, sequence));
        while (true)
        {
            var reader = new NetlinkReader(buffer.AsSpan(0, socket.Receive(buffer)));
            while (reader.Read())
            {
                if (reader.Header.nlmsg_seq != sequence)
                    continue;
                if (reader.Header.nlmsg_type == CT_NEW)
                    return Parse(reader.Payload);
                if (reader.Header.nlmsg_type != NetlinkType.NLMSG_ERROR)
                    continue;
                return reader.Error("ctnetlink get") is { } error && error.Errno != Errno.ENOENT ? throw error : null;
            }
        }
    }

    public void Dispose() => socket.Dispose();

    internal static byte[] Request(in ConntrackTuple tuple, uint sequence)
    {
        byte[] source = tuple.Source.Address.GetAddressBytes(), destination = tuple.Destination.Address.GetAddressBytes();
        bool six = source.Length == 16;
        byte[] ip = [.. NetlinkAttribute.Of(six ? V6_SRC : V4_SRC, source), .. NetlinkAttribute.Of(six ? V6_DST : V4_DST, destination)];
        byte[] proto = [.. NetlinkAttribute.Of(PROTO_NUM, [Libc.IPPROTO_TCP]), .. NetlinkAttribute.Of(SRC_PORT, Port(tuple.Source.Port)), .. NetlinkAttribute.Of(DST_PORT, Port(tuple.Destination.Port))];
        byte[] body = [(byte)(six ? Libc.AF_INET6 : Libc.AF_INET), 0, 0, 0, .. NetlinkAttribute.Of(TUPLE_ORIG | NESTED, [.. NetlinkAttribute.Of(TUPLE_IP | NESTED, ip), .. NetlinkAttribute.Of(TUPLE_PROTO | NESTED, proto)])];
        var header = new NetlinkHeader(NetlinkHeader.Size + body.Length, CT_GET, NetlinkFlags.NLM_F_REQUEST, sequence);
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<NetlinkHeader>(in header)), .. body];
    }

    internal static ConntrackEntry Parse(ReadOnlySpan<byte> payload)
    {
        ConntrackTuple? original = null, reply = null;
        uint status = IPS_SEEN_REPLY | IPS_ASSURED; // unless it says otherwise
        var reader = new AttributeReader(Overlay.Slice(payload, GenericSize, payload.Length - GenericSize, "nfgenmsg"));
        while (reader.Read())
        {
            if (reader.Type == TUPLE_ORIG)
                original = Tuple(reader.Value);
            else if (reader.Type == TUPLE_REPLY)
                reply = Tuple(reader.Value);
            else if (reader.Type == STATUS)
                status = BinaryPrimitives.ReverseEndianness(Overlay.Read<uint>(reader.Value, "CTA_STATUS"));
        }
        return original is { } there && reply is { } back ? new ConntrackEntry(there, back, (status & IPS_SEEN_REPLY) == 0, (status & IPS_ASSURED) == 0) : throw new InvalidDataException("CTA_TUPLE: missing");
    }

    private static ConntrackTuple Tuple(ReadOnlySpan<byte> attributes)
    {
        IPAddress? source = null, destination = null;
        int sourcePort = 0, destinationPort = 0;
        var reader = new AttributeReader(attributes);
        while (reader.Read())
        {
            var inner = new AttributeReader(reader.Value);
            bool ip = reader.Type == TUPLE_IP;
            if (!ip && reader.Type != TUPLE_PROTO)
                continue;
            while (inner.Read())
            {
                if (ip && inner.Type is V4_SRC or V6_SRC)
                    source = Address(inner.Value);
                else if (ip && inner.Type is V4_DST or V6_DST)
                    destination = Address(inner.Value);
                else if (!ip && inner.Type == SRC_PORT)
                    sourcePort = BinaryPrimitives.ReverseEndianness(Overlay.Read<ushort>(inner.Value, "CTA_PROTO_SRC_PORT"));
                else if (!ip && inner.Type == DST_PORT)
                    destinationPort = BinaryPrimitives.ReverseEndianness(Overlay.Read<ushort>(inner.Value, "CTA_PROTO_DST_PORT"));
            }
        }
        return source is not null && destination is not null
            ? new ConntrackTuple(new IPEndPoint(source, sourcePort), new IPEndPoint(destination, destinationPort))
            : throw new InvalidDataException("CTA_TUPLE_IP: missing");
    }

    private static IPAddress Address(ReadOnlySpan<byte> bytes) =>
        bytes.Length is 4 or 16 ? new IPAddress(bytes) : throw new InvalidDataException($"CTA_IP: {bytes.Length} bytes");

    private static byte[] Port(int port) => [(byte)(port >> 8), (byte)port];
}
