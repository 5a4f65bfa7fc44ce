using System.Net;
using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Netlink;

/// <summary>Asks the routing tables of the network namespace of the thread that makes it (NETLINK_ROUTE); needs no right.</summary>
public sealed class RouteSocket : IDisposable
{
    private const int NETLINK_ROUTE = 0, RTM_NEWROUTE = 24, RTM_GETROUTE = 26;
    private const ushort RTA_DST = 1, RTA_OIF = 4, RTA_IP_PROTO = 27, RTA_DPORT = 29;

    private readonly byte[] buffer = new byte[16 * 1024];
    private readonly NetlinkSocket socket;

    /// <exception cref="KernelException">A sandbox forbids it.</exception>
    public RouteSocket() => socket = new NetlinkSocket(NETLINK_ROUTE);

    /// <summary>The errno with which the kernel refuses to route TCP to a service, as 101 for ENETUNREACH; 0 when there is a way.</summary>
    /// <param name="device">Index of the interface to which the sender is bound, or 0.</param>
    /// <exception cref="KernelException">The question could not be asked.</exception>
    /// <exception cref="InvalidDataException">The answer does not parse.</exception>
    public int Refusal(IPEndPoint service, uint device)
    {
        uint sequence = socket.NextSequence();
        socket.Send(Request(service, device, sequence));
        while (true)
        {
            var reader = new NetlinkReader(buffer.AsSpan(0, socket.Receive(buffer)));
            while (reader.Read())
            {
                if (reader.Header.nlmsg_seq != sequence)
                    continue;
                if (reader.Header.nlmsg_type == RTM_NEWROUTE)
                    return 0;
                if (reader.Header.nlmsg_type == NetlinkType.NLMSG_ERROR)
                    return reader.Error("RTM_GETROUTE")?.Errno ?? 0;
            }
        }
    }

    public void Dispose() => socket.Dispose();

    internal static byte[] Request(IPEndPoint service, uint device, uint sequence)
    {
        byte[] address = service.Address.GetAddressBytes();
        bool six = address.Length == 16;
        // struct rtmsg: family, length of the destination in bits, and what a question leaves open.
        byte[] body =
        [
            (byte)(six ? Libc.AF_INET6 : Libc.AF_INET), (byte)(address.Length * 8), .. new byte[10],
            .. NetlinkAttribute.Of(RTA_DST, address), .. device == 0 ? [] : NetlinkAttribute.Of(RTA_OIF, BitConverter.GetBytes(device)),
            // Rules may look at both (ip rule … ipproto tcp dport 443).
            .. NetlinkAttribute.Of(RTA_IP_PROTO, [Libc.IPPROTO_TCP]), .. NetlinkAttribute.Of(RTA_DPORT, [(byte)(service.Port >> 8), (byte)service.Port]),
        ];
        var header = new NetlinkHeader(NetlinkHeader.Size + body.Length, RTM_GETROUTE, NetlinkFlags.NLM_F_REQUEST, sequence);
        return [.. MemoryMarshal.AsBytes(new ReadOnlySpan<NetlinkHeader>(in header)), .. body];
    }
}
