using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Tests.Cli;

/// <summary>Answers as a window on a real host gives them, for tests of how they are shown.</summary>
internal static class Examples
{
    private static readonly DateTimeOffset Start = new(2026, 3, 4, 3, 12, 0, TimeSpan.Zero);

    /// <summary>A Java service that closes with data unread, a slow acceptor told with doubt, and a health check.</summary>
    public static Answer Broken => new()
    {
        Start = Start,
        End = Start.AddSeconds(10),
        Source = "ebpf",
        Kernel = "6.18.44",
        Unavailable =
        [
            new Unavailable("no-route-local", "cgroup v2"),
            new Unavailable("accept-queue-overflow-drop", "cgroup v2"),
        ],
        Events = 812,
        Lost = 0,
        CpuSeconds = 0.0812345,
        PeakMemoryBytes = 61_000_000,
        Opened = 90_210,
        ClosedNormally = 90_173,
        Failed = 30,
        Findings = [CloseUnread, SlowAccept, HealthCheck],
    };

    /// <summary>A window in which nothing broke.</summary>
    public static Answer Quiet => Broken with { ClosedNormally = 90_210, Failed = 0, Findings = [], Unavailable = [] };

    public static Finding CloseUnread => new()
    {
        Cause = "server-close-unread",
        Severity = Severity.Critical,
        Confidence = 0.98,
        Count = 23,
        Fault = Fault.Server,
        Process = new ProcessInfo(4312, "java") { Container = "3f2a9c1b7d10" },
        PeerProcess = new ProcessInfo(901, "haproxy"),
        Netns = 4026532001,
        Local = new Endpoint(IPAddress.Parse("10.0.9.8"), 443),
        Peer = new Endpoint(IPAddress.Parse("10.0.3.4"), 0),
        First = Start.AddMilliseconds(1200),
        Last = Start.AddMilliseconds(9710),
        Evidence =
        [
            new Evidence("reset sent", "TCP_ABORT_ON_CLOSE", 23, "tcp:tcp_send_reset"),
            new Evidence("unread when closed", "1,204 bytes …", 23, "tcp_sock"),
            new Evidence("client still waited for an answer", "yes", 23, "tcp_sock"),
        ],
        Remedy = [new Remedy("application", "drain"), new Remedy("load-balancer", "lingering-close")],
        Facts = new Dictionary<string, string> { ["server"] = "java (pid 4312)", ["client"] = "haproxy (pid 901)", ["unread"] = "1,204" },
        Examples =
        [
            new Example(new Endpoint(IPAddress.Parse("10.0.3.4"), 51514), new Endpoint(IPAddress.Parse("10.0.9.8"), 443), Start.AddMilliseconds(1200),
            [
                new TimelineEntry(TimeSpan.FromMicroseconds(-48_200), "client", "last data sent"),
                new TimelineEntry(TimeSpan.Zero, "server", "reset sent: TCP_ABORT_ON_CLOSE"),
                new TimelineEntry(TimeSpan.FromMicroseconds(90), "client", "owner told: ECONNRESET"),
            ]),
        ],
    };

    public static Finding SlowAccept => new()
    {
        Cause = "accept-queue-overflow-drop",
        Severity = Severity.Warning,
        Confidence = 0.72,
        Count = 7,
        Fault = Fault.Server,
        Process = new ProcessInfo(977, "gunicorn"),
        MorePids = [978, 980],
        Netns = 4026531840,
        Local = new Endpoint(IPAddress.Parse("fd00::8"), 8000),
        Peer = Endpoint.None,
        First = Start.AddSeconds(4),
        Last = Start.AddMilliseconds(4300),
        AcrossGap = true,
        Evidence =
        [
            new Evidence("SYN met a full accept queue", "129 waiting, backlog 128", 7, "cgroup_skb/ingress"),
            new Evidence("dropped for another reason", "NETFILTER_DROP", 2, "skb:kfree_skb", Against: true),
        ],
        Remedy =
        [
            new Remedy("application", "accept-faster"),
            new Remedy("application", "backlog", "listen backlog", "128", "1024 or more"),
        ],
        Facts = new Dictionary<string, string>
        {
            ["server"] = "gunicorn (pid 977, +2)", ["service"] = "[fd00::8]:8000", ["client"] = "10.0.7.7", ["waiting"] = "129", ["backlog"] = "128",
        },
        Examples = [],
    };

    public static Finding HealthCheck => CloseUnread with
    {
        Cause = "healthcheck-noise",
        Severity = Severity.Info,
        Count = 5,
        Process = null,
        PeerProcess = null,
        Evidence = [],
        Remedy = [],
        Examples = [],
    };

    /// <summary>What a container without privileges can see.</summary>
    public static Visibility Restricted => new("6.18.44", "uid 1000",
    [
        new VisibilityCheck("type information of the kernel", true, "/sys/kernel/btf/vmlinux", []),
        new VisibilityCheck("right to load BPF programs", false, "CAP_BPF, CAP_PERFMON missing", ["server-close-unread", "keepalive-race"],
            "run as root, or: setcap cap_bpf,cap_perfmon,cap_net_admin=ep tcpwhy"),
        new VisibilityCheck("tracefs", false, "not mounted", [], "mount -t tracefs tracefs /sys/kernel/tracing"),
    ]);
}
