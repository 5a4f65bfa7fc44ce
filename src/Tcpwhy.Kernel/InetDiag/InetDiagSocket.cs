using System.Runtime.InteropServices;
using Tcpwhy.Kernel.Netlink;

namespace Tcpwhy.Kernel.InetDiag;

/// <summary>Lists the TCP sockets of the network namespace of the thread that makes it (NETLINK_SOCK_DIAG); needs no right.</summary>
public sealed class InetDiagSocket : IDisposable
{
    /// <summary>Every state, NEW_SYN_RECV included.</summary>
    public const uint AllStates = 0x1ffe;

    // The kernel fills up to 32 KiB per datagram when the reader offers as much.
    private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(64 * 1024);
    private readonly NetlinkSocket socket;

    /// <exception cref="KernelException">The kernel has no sock_diag (CONFIG_INET_DIAG), or a sandbox forbids it.</exception>
    public InetDiagSocket()
    {
        socket = new NetlinkSocket(Libc.NETLINK_SOCK_DIAG);
        socket.SetReceiveBuffer(1024 * 1024);
    }

    /// <summary>Hands every TCP socket of a family in one of the states to <paramref name="visit"/>. After an exception the kernel's dump is still open: dispose of this object.</summary>
    /// <param name="family">2 for AF_INET, 10 for AF_INET6; IPv4 connections of an IPv6 socket are in the latter.</param>
    /// <param name="states">A bit 1 &lt;&lt; n for each state n.</param>
    /// <exception cref="KernelException">The kernel refused or ended the dump; nothing is retried.</exception>
    /// <exception cref="InvalidDataException">A message that does not parse.</exception>
    public InetDiagDump Dump(int family, uint states, InetDiagExtensions extensions, InetDiagHandler visit)
    {
        uint sequence = socket.NextSequence();
        socket.Send(Request(family, states, extensions, sequence));
        int count = 0;
        bool interrupted = false;
        while (true)
        {
            var reader = new NetlinkReader(buffer.AsSpan(0, socket.Receive(buffer)));
            while (reader.Read())
            {
                // Left over from a dump that an exception cut short.
                if (reader.Header.nlmsg_seq != sequence)
                    continue;
                interrupted |= (reader.Flags & NetlinkFlags.NLM_F_DUMP_INTR) != 0;
                switch (reader.Header.nlmsg_type)
                {
                    case NetlinkType.NLMSG_DONE:
                    case NetlinkType.NLMSG_ERROR:
                        return reader.Error("sock_diag dump") is { } error ? throw error : new InetDiagDump(count, interrupted);
                    case NetlinkType.SOCK_DIAG_BY_FAMILY:
                        visit(new InetDiagMessage(reader.Payload));
                        count++;
                        break;
                }
            }
        }
    }

    /// <summary>The same for both families, IPv4 first.</summary>
    public void Dump(uint states, InetDiagExtensions extensions, InetDiagHandler visit)
    {
        Dump(Libc.AF_INET, states, extensions, visit);
        Dump(Libc.AF_INET6, states, extensions, visit);
    }

    public void Dispose() => socket.Dispose();

    internal static byte[] Request(int family, uint states, InetDiagExtensions extensions, uint sequence)
    {
        var request = new InetDiagRequest
        {
            header = new NetlinkHeader(System.Runtime.CompilerServices.Unsafe.SizeOf<InetDiagRequest>(), NetlinkType.SOCK_DIAG_BY_FAMILY, NetlinkFlags.NLM_F_REQUEST | NetlinkFlags.NLM_F_DUMP, sequence),
            sdiag_family = (byte)family,
            sdiag_protocol = Libc.IPPROTO_TCP,
            idiag_ext = (byte)extensions,
            idiag_states = states,
        };
        return MemoryMarshal.AsBytes(new Span<InetDiagRequest>(ref request)).ToArray();
    }
}
