using System.Globalization;
using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Lab;

/// <summary>What the kernel's own counters must show after a fault, whatever the lab says of itself.</summary>
sealed class KernelAgrees
{
    readonly Network _network;
    readonly Dictionary<Host, IReadOnlyDictionary<string, long>> _before = [];

    KernelAgrees(Network network) => _network = network;

    public static async Task<KernelAgrees> WatchAsync(Network network, CancellationToken ct)
    {
        var watch = new KernelAgrees(network);
        foreach (Host host in new[] { network.Client, network.Router, network.Server })
            watch._before[host] = await host.CountersAsync(ct);
        return watch;
    }

    public async Task CheckAsync(Made made, CancellationToken ct)
    {
        int n = made.Count, resets = made.Outcomes.GetValueOrDefault("ECONNRESET");
        Host c = _network.Client, r = _network.Router, s = _network.Server;
        (Host Host, string Counter, long Moved)[] expected = made.Cause switch
        {
            "conn-refused-no-listener" or "conn-refused-wrong-bind" or "port-scan-noise" => [(c, "Tcp.AttemptFails", n), (s, "Tcp.OutRsts", n)],
            "conn-refused-firewall-rst" => [(c, "Tcp.AttemptFails", n), (s, "Tcp.OutRsts", 0)],
            "syn-dropped-firewall" => [(c, "TcpExt.TCPAbortOnTimeout", made.Variant == "impatient" ? 0 : n), (s, "TcpExt.ListenOverflows", 0)],
            "accept-queue-overflow-drop" => [(c, "TcpExt.TCPAbortOnTimeout", made.Variant == "impatient" ? 0 : n)],
            "ephemeral-port-exhaustion" => [(c, "Tcp.AttemptFails", 0), (s, "Tcp.OutRsts", 0)],
            "stale-conn-reuse" => [(c, "Tcp.EstabResets", n), (s, "Tcp.OutRsts", n), (s, "TcpExt.TCPAbortOnData", 0)],
            "keepalive-race" when made.Variant == "natural" => [(c, "Tcp.EstabResets", n), (s, "Tcp.OutRsts", n)],
            "keepalive-race" => [(c, "Tcp.EstabResets", n), (s, "TcpExt.TCPAbortOnData", n)],
            "server-close-unread" => [(c, "Tcp.EstabResets", n), (s, "TcpExt.TCPAbortOnClose", n)],
            "linger-zero-abort" => [(s, "TcpExt.TCPAbortOnData", n), (s, "Tcp.OutRsts", n)],
            "process-crash" => [(s, "TcpExt.TCPAbortOnClose", resets), (c, "Tcp.EstabResets", resets)],
            "keepalive-timeout-dead-peer" => [(c, "TcpExt.TCPAbortOnTimeout", n), (c, "Tcp.OutRsts", n)],
            "retransmission-timeout" => [(made.Variant == "reply" ? s : c, "TcpExt.TCPAbortOnTimeout", n), (c, "Tcp.OutRsts", 0), (s, "Tcp.OutRsts", 0)],
            "conn-rejected-icmp" => [(c, "Tcp.OutRsts", 0), (s, "Tcp.OutRsts", 0), (c, "TcpExt.TCPAbortOnTimeout", 0)],
            "host-unreachable-neigh" or "no-route-local" => [(s, "Tcp.OutRsts", 0), (c, "TcpExt.TCPAbortOnTimeout", 0)],
            "dns-dead-backend" when made.Variant == "silent" => [(c, "TcpExt.TCPAbortOnTimeout", n), (s, "Tcp.OutRsts", 0), (s, "TcpExt.ListenOverflows", 0)],
            "dns-dead-backend" when made.Variant == "unreachable" => [(c, "Tcp.AttemptFails", n), (c, "TcpExt.TCPAbortOnTimeout", 0), (s, "Tcp.OutRsts", 0)],
            "dns-dead-backend" => [(c, "Tcp.AttemptFails", n), (made.Variant == "second-address" ? s : r, "Tcp.OutRsts", n)],
            "rp-filter-drop" => [(c, "TcpExt.TCPAbortOnTimeout", n), (c, "Tcp.AttemptFails", n)],
            "asymmetric-routing" when made.Variant == "reply" => [(c, "TcpExt.TCPAbortOnTimeout", n), (c, "Tcp.AttemptFails", n)],
            "asymmetric-routing" => [(c, "TcpExt.TCPAbortOnTimeout", made.Variant == "request" ? n : 0), (c, "Tcp.EstabResets", made.Variant == "greeting" ? 0 : n)],
            "md5-ao-mismatch" => [(c, "TcpExt.TCPAbortOnTimeout", n), (c, "Tcp.AttemptFails", n)],
            "bpf-policy-drop" => [(c, "TcpExt.TCPAbortOnTimeout", n), (s, "TcpExt.ListenOverflows", 0)],
            "fd-limit-accept" => [(s, "TcpExt.ListenOverflows", 0), (s, "Tcp.OutRsts", 0)],
            "accept-queue-overflow-rst" => [(s, "TcpExt.EmbryonicRsts", n), (s, "TcpExt.ListenOverflows", n), (s, "Tcp.OutRsts", n)],
            "listener-closed-queued" => [(s, "TcpExt.TCPAbortOnData", 0), (s, "TcpExt.TCPAbortOnClose", 0), (s, "Tcp.OutRsts", n), (c, "Tcp.EstabResets", n)],
            "admin-abort" => [(s, "TcpExt.TCPAbortOnData", 0), (s, "Tcp.OutRsts", n), (c, "Tcp.EstabResets", n)],
            "early-close-while-peer-sends" => [(s, "TcpExt.TCPAbortOnData", n), (c, "Tcp.EstabResets", n)],
            "half-open-peer-gone" => [(s, "Tcp.OutRsts", n), (c, "Tcp.EstabResets", n)],
            "netns-destroyed" => [(c, "Tcp.OutRsts", 0), (s, "Tcp.OutRsts", 0), (c, "TcpExt.TCPAbortOnTimeout", made.Variant is "late" or "translated" ? n : 0), (c, "Tcp.EstabResets", made.Variant is "late" or "translated" ? n : 0)],
            "mptcp-subflow-reset" => [(c, "MPTcpExt.MPCapableSYNACKRX", n), (c, "MPTcpExt.MPJoinSynTx", n), (s, "MPTcpExt.MPJoinAckRx", made.Variant == "later" ? n : 0), (s, "MPTcpExt.MPJoinRejected", made.Variant == "limit" ? n : 0)],
            "middlebox-rst" => [(s, "Tcp.OutRsts", 0), (c, "Tcp.EstabResets", n)],
            "pmtu-blackhole" => [(c, "TcpExt.TCPAbortOnTimeout", n), (c, "Tcp.OutRsts", 0), (s, "Tcp.OutRsts", 0)],
            "conntrack-idle-expiry" when made.Variant == "reject" => [(c, "Tcp.EstabResets", n), (s, "Tcp.OutRsts", 0)],
            "conntrack-idle-expiry" => [(made.Variant == "reply" ? s : c, "TcpExt.TCPAbortOnTimeout", n), (s, "Tcp.OutRsts", 0)],
            "nat-lb-idle-drop" => [(c, "TcpExt.TCPAbortOnTimeout", n), (s, "Tcp.OutRsts", 0)],
            "lb-failover-misroute" => [(c, "Tcp.EstabResets", n), (s, "Tcp.OutRsts", n)],
            "k8s-conntrack-invalid-rst" => [(s, "Tcp.EstabResets", n), (c, "Tcp.OutRsts", n), (c, "Tcp.EstabResets", 0)],
            "syn-queue-overflow-drop" => [(s, "TcpExt.ListenOverflows", 0), (s, "TcpExt.TCPReqQFullDoCookies", 0)],
            "syn-cookies-active" => [(s, "TcpExt.TCPReqQFullDoCookies", n), (s, "TcpExt.TCPReqQFullDrop", 0), (c, "Tcp.AttemptFails", 0)],
            "backlog-too-small" or "syn-lost-network" or "tfo-blackhole" => [(c, "Tcp.AttemptFails", 0), (s, "Tcp.OutRsts", 0)],
            "defer-accept-stall" => [(s, "TcpExt.TCPDeferAcceptDrop", n), (s, "TcpExt.ListenOverflows", 0)],
            "conntrack-table-full" => [(c, "Tcp.OutRsts", 0), (s, "Tcp.OutRsts", 0), (s, "TcpExt.ListenOverflows", 0)],
            "time-wait-accumulation" => [(r, "TcpExt.TCPTimeWaitOverflow", 0), (r, "Tcp.AttemptFails", 0), (s, "TcpExt.TCPTimeWaitOverflow", 0)],
            "time-wait-bucket-overflow" => [(made.Variant == "client" ? r : s, "TcpExt.TCPTimeWaitOverflow", n), (c, "Tcp.AttemptFails", 0)],
            "tcp-memory-pressure" when made.Variant == "shed" => [(s, "TcpExt.TCPAbortOnMemory", n), (c, "Tcp.EstabResets", n)],
            "tcp-memory-pressure" => [(c, "Tcp.EstabResets", 0), (s, "Tcp.EstabResets", 0), (s, "TcpExt.TCPAbortOnMemory", 0)],
            "snat-port-collision" => [(c, "TcpExt.TCPAbortOnTimeout", n), (s, "Tcp.OutRsts", 0)],
            "lb-idle-rst" => [(c, "Tcp.EstabResets", n), (s, "Tcp.OutRsts", 0)],
            "user-timeout" => [(c, "TcpExt.TCPAbortOnTimeout", n), (c, "Tcp.OutRsts", 0)],
            "close-wait-leak" => [(s, "Tcp.EstabResets", 0)],
            "lb-timeout-server" when made.Variant == "haproxy" => [(r, "TcpExt.TCPAbortOnData", n), (s, "Tcp.EstabResets", n)],
            "lb-timeout-server" => [(s, "Tcp.OutRsts", 0), (r, "Tcp.OutRsts", n)],
            "lb-timeout-client" => [(c, "Tcp.EstabResets", n), (c, "Tcp.OutRsts", 0)],
            "http-client-abort" => [(c, "Tcp.OutRsts", n), (c, "TcpExt.TCPAbortOnData", made.Variant == "reset" ? n : 0), (s, "Tcp.EstabResets", n)],
            "lb-maxconn-queue" => [(s, "TcpExt.ListenOverflows", 0), (r, "TcpExt.ListenOverflows", 0)],
            "pool-exhausted" => [(c, "Tcp.OutRsts", 0), (r, "Tcp.OutRsts", 0), (s, "Tcp.OutRsts", 0), (r, "Tcp.AttemptFails", 0), (s, "TcpExt.ListenOverflows", 0)],
            "graceful-restart" => [(c, "Tcp.AttemptFails", n), (s, "Tcp.OutRsts", n)],
            "connection-churn" => [(c, "Tcp.OutRsts", 0), (s, "Tcp.OutRsts", 0)],
            "nginx-worker-connections" => [(s, "TcpExt.ListenOverflows", 0), (s, "TcpExt.TCPAbortOnTimeout", 0)],
            "tls-handshake-failure" or "protocol-mismatch" or "proxy-protocol-mismatch" => [(c, "Tcp.AttemptFails", 0), (s, "TcpExt.ListenOverflows", 0)],
            "healthcheck-noise" => [(s, "TcpExt.EmbryonicRsts", n), (r, "TcpExt.TCPAbortOnData", n)],
            "normal-reset-close" => [(c, "TcpExt.TCPAbortOnData", n), (s, "Tcp.OutRsts", 0)],
            "fin-wait-orphan" => [(made.Variant == "request" ? c : s, "TcpExt.TCPAbortOnTimeout", n), (s, "Tcp.OutRsts", 0)],
            "paws-reject" or "checksum-corruption" => [(made.Variant == "reply" ? s : c, "TcpExt.TCPAbortOnTimeout", n), (c, "Tcp.OutRsts", 0), (s, "Tcp.OutRsts", 0)],
            "seq-desync" => [(made.Variant == "acknowledgement" ? s : c, "TcpExt.TCPAbortOnTimeout", made.Variant == "loop" ? 0 : n), (c, "Tcp.OutRsts", 0), (s, "Tcp.OutRsts", 0)],
            "peer-rebooted-same-tuple" => [(c, "Tcp.OutRsts", n), (s, "Tcp.EstabResets", n), (s, "TcpExt.TCPSYNChallenge", n), (s, "Tcp.OutRsts", 0)],
            "orphan-limit" => [(s, "TcpExt.TCPAbortOnMemory", n), (c, "Tcp.EstabResets", n)],
            "spoofed-rst" => [(c, "Tcp.EstabResets", 0), (s, "Tcp.EstabResets", 0), (c, "Tcp.OutRsts", 0), (s, "Tcp.OutRsts", 0)],
            "zero-window-slow-reader" or "packet-loss-slow" or "local-queue-drop" or "rcvbuf-limited" or "sndbuf-limited" or "tcp-backlog-drop" => [(c, "Tcp.EstabResets", 0), (s, "Tcp.EstabResets", 0), (c, "Tcp.OutRsts", 0), (s, "Tcp.OutRsts", 0)],
            _ => throw new InvalidOperationException($"no expectation for {made.Cause}"),
        };
        foreach (var (host, counter, moved) in expected)
            Assert.Equal($"{counter} +{moved}", $"{counter} +{await MovedAsync(host, counter, ct)}");

        // Each client sends two SYNs or more: how many is a matter of tcp_syn_linear_timeouts.
        if (made.Cause == "rp-filter-drop")
            Assert.True(await MovedAsync(s, "TcpExt.IPReversePathFilter", ct) >= 2 * n);
        if (made.Cause == "paws-reject")
            Assert.True(await MovedAsync(made.Variant == "reply" ? c : s, "TcpExt.PAWSEstab", ct) >= 2 * n);
        if (made.Cause == "checksum-corruption")
            Assert.True(await MovedAsync(made.Variant == "reply" ? c : s, "Tcp.InCsumErrors", ct) >= 2 * n);
        if (made.Cause == "spoofed-rst")
            Assert.True(await MovedAsync(made.Variant == "to-client" ? c : s, "TcpExt.TCPChallengeACK", ct) >= n);
        if (made.Cause == "zero-window-slow-reader")
        {
            Assert.True(await MovedAsync(made.Variant == "client" ? s : c, "TcpExt.TCPWinProbe", ct) >= n);
            Assert.True(await MovedAsync(made.Variant == "client" ? c : s, "TcpExt.TCPToZeroWindowAdv", ct) >= n);
        }
        if (made.Cause is "packet-loss-slow" or "local-queue-drop")
            Assert.True(await MovedAsync(made.Variant == "upload" ? c : s, "Tcp.RetransSegs", ct) >= 5 * n);
        if (made is { Cause: "tcp-memory-pressure", Variant: "unread" })
            Assert.True(await MovedAsync(s, "TcpExt.TCPRcvQDrop", ct) >= n);
        if (made.Cause == "conntrack-table-full")
            Assert.True((await (made.Variant switch { "host" => s, "client" => c, _ => r }).RunAsync(["conntrack", "-S"], ct)).Split().Where(word => word.StartsWith("drop=", StringComparison.Ordinal)).Sum(word => int.Parse(word[5..], CultureInfo.InvariantCulture)) >= n);
        // Of a probe each, and its answer: the rest are acknowledgements of acknowledgements.
        if (made is { Cause: "seq-desync", Variant: "loop" })
            Assert.True(await MovedAsync(s, "Tcp.InSegs", ct) >= 20 * n);
        if (made.Cause == "tcp-backlog-drop")
            Assert.True(await MovedAsync(made.Variant == "client" ? c : s, "TcpExt.TCPBacklogDrop", ct) >= 5 * n);
        // HAProxy resets its connections to servers as well, when they have closed.
        if (made.Cause == "lb-timeout-client")
            Assert.True(await MovedAsync(r, "Tcp.OutRsts", ct) >= n);
        if (made.Cause == "md5-ao-mismatch")
            Assert.True(await MovedAsync(s, "TcpExt.TCPMD5NotFound", ct) >= 2 * n);
        if (made.Cause == "accept-queue-overflow-drop")
            Assert.True(await MovedAsync(s, "TcpExt.ListenOverflows", ct) >= n);
        if (made.Cause == "syn-queue-overflow-drop")
            Assert.True(await MovedAsync(s, "TcpExt.TCPReqQFullDrop", ct) >= n);
        if (made.Cause == "close-wait-leak")
            Assert.Equal(n, (await s.RunAsync(["ss", "-Htn", "state", "close-wait", $"( sport = :{made.Service.Port} )"], ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    async Task<long> MovedAsync(Host host, string counter, CancellationToken ct) =>
        (await host.CountersAsync(ct))[counter] - _before[host][counter];
}
