using System.Net;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Sources;

namespace Tcpwhy.Tests.Cli;

/// <summary>Sockets as the kernel might list them: each field of tcp_info has a value of its own.</summary>
internal static class SocketExamples
{
    /// <summary>Hands over one socket of each kind.</summary>
    public static void Each(SocketHandler visit)
    {
        var owners = new SocketOwners(new ProcFs("/nonexistent"));
        SocketOwner nginx = owners.Owner(812, "nginx"u8), rude = owners.Owner(4312, "a\"\\\e[31m\u202e\xff"u8);
        SocketRow listener = Row("0.0.0.0:443", "0.0.0.0:0", 10);
        (listener.recv_queue, listener.send_queue, listener.info.tcpi_snd_cwnd) = (3, 511, 10);
        visit(new TcpSocket(in listener, nginx, 6));

        SocketRow busy = Row("10.0.9.8:443", "10.0.3.4:51234", 1);
        (busy.timer, busy.timer_ms, busy.retransmits) = (1, 204, 2);
        (busy.recv_queue, busy.send_queue, busy.cookie, busy.mark) = (17, 4344, 19, 23);
        busy.flags = SocketRowFlags.KeepAlive;
        busy.memory = new() { rmem_alloc = 1, rcvbuf = 2, wmem_alloc = 3, sndbuf = 4, fwd_alloc = unchecked((uint)-5), wmem_queued = 6, optmem = 7, backlog = 8, drops = 9 };
        Number(ref busy);
        visit(new TcpSocket(in busy, nginx, 12));

        SocketRow six = Row("[2001:db8::1:0:0:1]:8080", "[fe80::5054:ff:fe12:3456]:40000", 8);
        (six.shutdown, six.info.tcpi_min_rtt, six.info.tcpi_max_pacing_rate) = (1, uint.MaxValue, ulong.MaxValue);
        visit(new TcpSocket(in six, rude, 5));

        SocketRow waiting = Row("10.0.9.8:443", "[::ffff:10.0.3.4]:51235", 6);
        (waiting.info_size, waiting.inode, waiting.timer, waiting.timer_ms) = (0, 0, 3, 59_000);
        visit(new TcpSocket(in waiting, null, 0));
    }

    private static SocketRow Row(string local, string remote, byte state)
    {
        (IPEndPoint here, IPEndPoint there) = (IPEndPoint.Parse(local), IPEndPoint.Parse(remote));
        bool six = there.Address.GetAddressBytes().Length == 16;
        var row = new SocketRow
        {
            netns = 4026531840,
            sock = 1,
            inode = 30011,
            local_port = (ushort)here.Port,
            remote_port = (ushort)there.Port,
            family = (byte)(six ? 10 : 2),
            state = state,
            uid = 33,
            info_size = 280,
        };
        (six ? here.Address.MapToIPv6() : here.Address).TryWriteBytes(row.local, out _);
        there.Address.TryWriteBytes(row.remote, out _);
        "cubic"u8.CopyTo(row.congestion);
        return row;
    }

    // Bytes 1, 2, 3 … make a value of its own for each field, whatever its size.
    private static void Number(ref SocketRow row)
    {
        Span<byte> info = System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<Tcpwhy.Kernel.InetDiag.TcpInfo>(ref row.info));
        for (int i = 0; i < info.Length; i++)
            info[i] = (byte)(i < 8 ? i : i % 4 == 0 ? i / 4 : 0);
        row.info.tcpi_options = 0b10000111;
        row.info.tcpi_wscale = 0x97;
    }
}
