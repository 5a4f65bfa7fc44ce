using System.Net;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Kernel.Netlink;
using Xunit;

namespace Tcpwhy.Tests.Kernel.InetDiag;

public class InetDiagMessageTests
{
    [Fact]
    public void Reads_what_the_kernel_told_of_ipv4()
    {
        List<string> sockets = Describe(KernelFixture.Hex("netlink/sock_diag_inet.hex"));
        Assert.Equal(
        [
            "10 127.0.0.1:8080 0.0.0.0:0 queues 0/7 bbr rcvbuf 131072 v6only False shutdown 0 state 10",
            "1 127.0.0.1:41000 127.0.0.1:8080 queues 0/0 bbr rcvbuf 131072 v6only False shutdown 0 state 1",
            "1 127.0.0.1:8080 127.0.0.1:41000 queues 1009/0 bbr rcvbuf 131072 v6only False shutdown 0 state 1",
        ], sockets);
    }

    [Fact]
    public void Tells_listeners_that_take_ipv6_only() => Assert.Equal(
        [
            "10 [::]:8081 [::]:0 queues 0/11 bbr rcvbuf 131072 v6only True shutdown 0 state 10",
            "10 [::]:8082 [::]:0 queues 0/13 bbr rcvbuf 131072 v6only False shutdown 0 state 10",
        ], Describe(KernelFixture.Hex("netlink/sock_diag_inet6.hex")).Order());

    [Fact]
    public void Destroyed_socket_has_its_last_tcp_info()
    {
        var reader = new NetlinkReader(KernelFixture.Hex("netlink/tcp_destroyed.hex"));
        Assert.True(reader.Read());
        var message = new InetDiagMessage(reader.Payload);
        Assert.Equal(7, message.State);
        Assert.Equal(8080, message.LocalPort);
        Assert.Equal(280, message.InfoBytes.Length);
        Assert.Equal(1009UL, message.Info.tcpi_bytes_received);
        Assert.NotEqual(0UL, message.Cookie);
    }

    [Fact]
    public void Shorter_tcp_info_of_an_older_kernel_is_filled_with_zeros()
    {
        byte[] message = new byte[72 + 4 + 104];
        message[0] = 2;
        message[72] = 4 + 104;
        message[74] = 2;
        message.AsSpan(76).Fill(0x11);
        TcpInfo info = new InetDiagMessage(message).Info;
        Assert.Equal(0x11111111u, info.tcpi_total_retrans);
        Assert.Equal(0UL, info.tcpi_pacing_rate);
        Assert.Equal(0u, info.tcpi_snd_wnd);
    }

    [Theory]
    [InlineData(71, 2, "inet_diag_msg: 71 bytes, at least 72 expected")]
    [InlineData(72, 1, "idiag_family: 1")]
    public void Names_the_field_that_is_wrong(int length, byte family, string message)
    {
        byte[] bytes = new byte[length];
        bytes[0] = family;
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => new InetDiagMessage(bytes)).Message);
    }

    [Fact]
    public void Damaged_messages_are_refused() =>
        Mutation.Survives(KernelFixture.Hex("netlink/sock_diag_inet.hex"), bytes => Describe(bytes), rounds: 3000);

    [Fact]
    public void Request_is_what_ss_sends()
    {
        byte[] request = InetDiagSocket.Request(2, InetDiagSocket.AllStates, InetDiagExtensions.INFO | InetDiagExtensions.SKMEMINFO, 1);
        Assert.Equal(72, request.Length);
        Assert.StartsWith("4800000014000103010000000000000002064200FE1F0000", Convert.ToHexString(request), StringComparison.Ordinal);
    }

    [Fact]
    public void Dump_finds_a_socket_of_this_process()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start(17);
        int port = ((IPEndPoint)listener.LocalEndpoint).Port, found = 0;
        using var socket = new InetDiagSocket();
        InetDiagDump dump = socket.Dump(2, 1 << 10, InetDiagExtensions.INFO, (in message) =>
        {
            if (message.LocalPort == port && message.WriteQueue == 17)
                found++;
        });
        Assert.Equal(1, found);
        Assert.True(dump.Sockets >= 1);
    }

    private static List<string> Describe(byte[] bytes)
    {
        var sockets = new List<string>();
        var reader = new NetlinkReader(bytes);
        while (reader.Read())
        {
            if (reader.Header.nlmsg_type != NetlinkType.SOCK_DIAG_BY_FAMILY)
                continue;
            var m = new InetDiagMessage(reader.Payload);
            var local = new IPEndPoint(new IPAddress(m.LocalAddress), m.LocalPort);
            var remote = new IPEndPoint(new IPAddress(m.RemoteAddress), m.RemotePort);
            sockets.Add($"{m.State} {local} {remote} queues {m.ReceiveQueue}/{m.WriteQueue} {m.Congestion} rcvbuf {m.Memory.rcvbuf} v6only {m.V6Only} shutdown {m.Shutdown} state {m.Info.tcpi_state}");
        }
        return sockets;
    }
}
