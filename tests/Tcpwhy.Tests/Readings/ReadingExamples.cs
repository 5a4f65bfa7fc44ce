using System.Net;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Sources;
using Tcpwhy.Tuning;

namespace Tcpwhy.Tests.Readings;

/// <summary>Readings as a host might give them.</summary>
internal static class ReadingExamples
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    private static readonly ProcessInfo Nginx = new(812, "nginx"), Java = new(4312, "java") { Container = "3f2a9c1b7d10" }, Rude = new(77, "a\e[31m\u202eb");

    /// <summary>A client that opens a connection for each request, and has nearly no port left.</summary>
    public static readonly Reading Crowded = new()
    {
        Time = Noon,
        Interval = TimeSpan.FromSeconds(1),
        Source = "ebpf",
        Connections = 26_117,
        States =
        [
            new(TcpState.Established, 812), new(TcpState.SynSent, 3), new(TcpState.FinWait2, 7), new(TcpState.TimeWait, 25_012), new(TcpState.CloseWait, 283),
            new(TcpState.Listen, 3),
        ],
        LocalPorts = [new(443, 1_204, 512, Nginx), new(8080, 210, 208, Java), new(9100, 1, 1, null)],
        Peers = [new(IPAddress.Parse("10.0.9.8"), 24_410, 300), new(IPAddress.Parse("10.0.3.4"), 512, 498), new(IPAddress.Parse("2001:db8::1:0:0:1"), 12, 2)],
        Processes = [new(Java, 583, 300, 283), new(Nginx, 512, 512, 0), new(Rude, 2, 0, 0)],
        Containers = [new("3f2a9c1b7d10", 583, 300)],
        ListenerCount = 3,
        Listeners =
        [
            new(new Endpoint(IPAddress.Any, 443), 4026531840, Nginx, 511, 511, 1_204, 1_204),
            new(new Endpoint(IPAddress.IPv6Any, 8080), 4026531840, Java, 0, 50, 0, 210),
            new(new Endpoint(IPAddress.Loopback, 9100), 4026531840, null, 0, 128, 0, 1),
        ],
        TimeWaits =
        [
            new(4026531840, IPAddress.Parse("10.0.0.5"), new Endpoint(IPAddress.Parse("10.0.9.8"), 5432), 0, 24_110),
            new(4026531840, IPAddress.Parse("10.0.0.5"), Endpoint.None, 443, 692),
        ],
        PortUses = [new(4026531840, IPAddress.Parse("10.0.0.5"), new Endpoint(IPAddress.Parse("10.0.9.8"), 5432), 24_410, 24_110, 28_232)],
        Kernel = new KernelCounts(823, 7, 25_012, 840, 3_100, 190_000, 285_000) { OrphanLimit = 65_536, TimeWaitLimit = 65_536 },
        Limits =
        [
            new Gauge(GaugeKind.AcceptQueue, "net.core.somaxconn", "0.0.0.0:443 (nginx 812)", 511, 511) { Port = 443 },
            new Gauge(GaugeKind.LocalPorts, "net.ipv4.ip_local_port_range", "10.0.0.5 → 10.0.9.8:5432", 24_410, 28_232) { InTimeWait = 24_110 },
            new Gauge(GaugeKind.Conntrack, "net.netfilter.nf_conntrack_max", "", 1_230, 262_144),
            new Gauge(GaugeKind.TimeWait, "net.ipv4.tcp_max_tw_buckets", "", 25_012, 65_536),
            new Gauge(GaugeKind.Orphans, "net.ipv4.tcp_max_orphans", "", 7, 65_536),
            new Gauge(GaugeKind.TcpMemory, "net.ipv4.tcp_mem", "", 3_100, 190_000),
            new Gauge(GaugeKind.Files, "fs.file-max", "", 4_312, 1_000_000),
            new Gauge(GaugeKind.Descriptors, "RLIMIT_NOFILE", "java 4312", 611, 1_024),
        ],
        Interfaces =
        [
            new("lo") { ReceivedBytes = 9_000, SentBytes = 9_000 },
            new("eth0") { ReceivedBytes = 81_000_000_000, SentBytes = 9_200_000_000, ReceiveDrops = 17, ReceivedBytesPerSecond = 12_400_000, SentBytesPerSecond = 830_000, NewFaults = 3 },
        ],
        Rates = new TcpRates { Opened = 402.5, Accepted = 31, AttemptsFailed = 2, Reset = 4.2, ResetsSent = 5, SegmentsIn = 12_050, SegmentsOut = 9_812, Retransmitted = 31.4, ListenDrops = 12.5 },
        Moved = new SortedDictionary<string, long>(StringComparer.Ordinal) { ["TcpActiveOpens"] = 402, ["TcpExtListenDrops"] = 12 },
        Settings = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["net.core.somaxconn"] = "4096",
            ["net.ipv4.ip_local_port_range"] = "32768 60999",
            ["net.ipv4.tcp_fin_timeout"] = "60",
            ["net.ipv4.tcp_keepalive_intvl"] = "75",
            ["net.ipv4.tcp_keepalive_probes"] = "9",
            ["net.ipv4.tcp_keepalive_time"] = "7200",
            ["net.ipv4.tcp_max_syn_backlog"] = "2048",
            ["net.ipv4.tcp_tw_reuse"] = "2",
        },
        Load = new LoadAverage(3.5, 2.25, 1.04),
        Traffic = new TrafficReading(433, 380, 23, 31),
        Unseen = new SocketsUnseen(0, 0),
    };

    /// <summary>A host on which next to nothing happens, as an unprivileged user sees it.</summary>
    public static readonly Reading Quiet = new()
    {
        Time = Noon,
        Source = "sock_diag",
        Connections = 1,
        States = [new(TcpState.Established, 1), new(TcpState.Listen, 1)],
        ListenerCount = 1,
        Listeners = [new(new Endpoint(IPAddress.Loopback, 22), 4026531840, null, 0, 128, 0, 1)],
        Unseen = new SocketsUnseen(2, 31),
    };
}
