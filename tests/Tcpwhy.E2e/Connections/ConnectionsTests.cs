using System.Text.Json;
using System.Text.RegularExpressions;
using Tcpwhy.E2e.Lab;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.E2e.Connections;

public class ConnectionsTests
{
    // They move while nothing happens.
    static readonly string[] Clocks = ["last_data_sent_ms", "last_data_recv_ms", "last_ack_recv_ms", "total_rto_time_ms", "busy_time_us"];

    [Theory, InlineData("--format=ndjson"), InlineData("--format=ndjson", "--no-ebpf")]
    public async Task Lists_what_ss_lists(params string[] options)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using Network network = await LabUnderTest.NetworkAsync(["nft"]);
        using QuietSockets sockets = await QuietSockets.MakeAsync(network, ct);
        HashSet<string> states = [];
        foreach (Host host in new[] { network.Client, network.Server })
        {
            string ss = await host.RunAsync(["ss", "-tanpH"], ct);
            string ours = await TcpwhyProgram.RunAsync(["connections", $"netns {host.Netns}", .. options]);

            Listed[] expected = [.. ss.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Listed.FromSs)];
            Listed[] actual = [.. ours.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Listed.FromJson)];

            Assert.Equal(expected.Select(one => one.ToString()).Order(), actual.Select(one => one.ToString()).Order());
            states.UnionWith(actual.Select(one => one.State));
        }
        Assert.Equal("close_wait established fin_wait2 listen syn_received syn_sent time_wait", string.Join(' ', states.Order()));
    }

    [Fact]
    public async Task Tcp_info_read_by_BPF_equals_that_of_sock_diag()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using Network network = await LabUnderTest.NetworkAsync(["nft"]);
        using QuietSockets sockets = await QuietSockets.MakeAsync(network, ct);
        uint[] netns = [network.Client.Netns, network.Server.Netns];
        using SocketTable fast = SocketTable.Open(new ProcFs(), out string? obstacle);
        Assert.SkipWhen(obstacle is not null, $"no eBPF here: {obstacle}");
        using SocketTable slow = SocketTable.OpenSockDiag(new ProcFs());

        Dictionary<string, Dictionary<string, long>> expected = Read(slow, netns), actual = Read(fast, netns);

        Assert.Equal(expected.Keys.Order(), actual.Keys.Order());
        Assert.True(expected.Count > 20);
        foreach ((string socket, Dictionary<string, long> numbers) in expected)
        {
            foreach ((string name, long number) in numbers)
                Assert.True(Agree(name, number, actual[socket][name]), $"{socket} {name}: sock_diag says {number}, BPF {actual[socket][name]}");
        }
    }

    [Fact]
    public async Task Ss_shows_the_same_numbers()
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using Network network = await LabUnderTest.NetworkAsync(["nft"]);
        using QuietSockets sockets = await QuietSockets.MakeAsync(network, ct);
        string ss = await network.Server.RunAsync(["ss", "-tinoeH", "state", "established", "( sport = :7002 )"], ct);
        string ours = await TcpwhyProgram.RunAsync("connections", $"netns {network.Server.Netns} state established sport = :7002", "--format=ndjson");

        using JsonDocument socket = JsonDocument.Parse(ours);
        JsonElement info = socket.RootElement.GetProperty("tcp_info");
        foreach ((string theirs, string name, double scale) in new[]
        {
            ("bytes_acked:", "bytes_acked", 1), ("bytes_received:", "bytes_received", 1), ("segs_out:", "segs_out", 1), ("segs_in:", "segs_in", 1),
            ("cwnd:", "snd_cwnd_segments", 1), (" mss:", "snd_mss_bytes", 1), ("advmss:", "advmss_bytes", 1), ("pmtu:", "pmtu_bytes", 1),
            ("rto:", "rto_us", 1000), ("rtt:", "rtt_us", 1000), ("minrtt:", "min_rtt_us", 1000), ("rcv_space:", "rcv_space_bytes", 1),
        })
        {
            Assert.Equal((name, NumberAfter(theirs, ss) * scale), (name, info.GetProperty(name).GetDouble()), new ToleranceOf(0.51));
        }
        Assert.Equal(NumberAfter("ino:", ss), socket.RootElement.GetProperty("inode").GetDouble());
        Assert.Equal("keepalive", socket.RootElement.GetProperty("timer").GetProperty("kind").GetString());
        Assert.Contains("timer:(keepalive", ss, StringComparison.Ordinal);
    }

    static double NumberAfter(string word, string text) =>
        double.Parse(Regex.Match(text, $@"(?<!\w){Regex.Escape(word.Trim())}([\d.]+)").Groups[1].Value);

    static bool Agree(string name, long expected, long actual) =>
        expected == actual || (Array.IndexOf(Clocks, name) >= 0 && Math.Abs(expected - actual) < (name.EndsWith("_us", StringComparison.Ordinal) ? 5_000_000 : 5_000));

    static Dictionary<string, Dictionary<string, long>> Read(SocketTable table, uint[] netns)
    {
        Dictionary<string, Dictionary<string, long>> all = [];
        table.Read((in TcpSocket socket) =>
        {
            if (Array.IndexOf(netns, socket.Netns) < 0)
                return;
            // Not who holds it: a process that another test is just starting holds our sockets too, until its exec.
            string key = $"{socket.State} {socket.Netns} {socket.LocalAddress}:{socket.LocalPort} {socket.RemoteAddress}:{socket.RemotePort} held {socket.Owner is not null} inode {socket.Inode} uid {socket.Uid}";
            Dictionary<string, long> numbers = new()
            {
                ["receive_queue"] = socket.ReceiveQueue,
                ["send_queue"] = socket.SendQueue,
                ["timer"] = (int)socket.Timer,
                ["retries"] = socket.TimerRetries,
                ["options"] = socket.Options,
                ["congestion"] = socket.CongestionState,
                ["app_limited"] = socket.RateAppLimited ? 1 : 0,
                // The SYN that comes again and again counts as a drop of the listener.
                ["memory"] = socket.IsListener ? 0 : socket.Memory.GetHashCode(),
                ["congestion control"] = System.Text.Encoding.ASCII.GetString(socket.CongestionControl).GetHashCode(StringComparison.Ordinal),
                ["v6only"] = socket.V6Only ? 1 : 0,
                ["shutdown"] = (socket.ReceiveShutDown ? 1 : 0) + (socket.SendShutDown ? 2 : 0),
            };
            foreach (TcpInfoField field in TcpInfoField.All)
                numbers[field.Name] = (long)field.Of(socket);
            // A request has retransmits of its own to come.
            if (socket.State is TcpState.SynReceived or TcpState.SynSent)
                numbers = [];
            Assert.True(all.TryAdd(key, numbers), key);
        });
        return all;
    }

    sealed class ToleranceOf(double tolerance) : IEqualityComparer<(string, double)>
    {
        public bool Equals((string, double) x, (string, double) y) => x.Item1 == y.Item1 && Math.Abs(x.Item2 - y.Item2) <= tolerance;

        public int GetHashCode((string, double) one) => one.Item1.GetHashCode(StringComparison.Ordinal);
    }
}
