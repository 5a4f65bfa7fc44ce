using System.Net;
using Tcpwhy.Alerting;
using Tcpwhy.History;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Reporting;
using Tcpwhy.Tests.Patterns;
using Tcpwhy.Tuning;
using Tcpwhy.Watching;

namespace Tcpwhy.Tests.Cli;

/// <summary>Ten minutes of a host whose backend fails when it has many connections, as a watch would have gathered them.</summary>
internal static class ReportExamples
{
    private const int Ticks = 120;
    private static readonly DateTimeOffset start = new(2026, 3, 4, 3, 10, 0, TimeSpan.Zero);
    private static readonly IPAddress backend = IPAddress.Parse("10.0.9.8");

    public static Report Incident { get; } = Made(Examples.Broken, "java");

    /// <summary>The same with names that would be markup, scripts and styles.</summary>
    public static Report Hostile(string name)
    {
        Finding finding = Examples.CloseUnread with
        {
            Process = new ProcessInfo(4312, name) { Container = name },
            PeerProcess = new ProcessInfo(901, name),
            Facts = new Dictionary<string, string> { ["server"] = name, ["client"] = name, ["unread"] = name },
            Evidence = [new Evidence(name, name, 23, name)],
            Remedy = [new Remedy("application", "drain", name, name, name)],
        };
        return Made(Examples.Broken with { Findings = [finding, Examples.SlowAccept], Notes = [name], Kernel = name }, name) with { Host = name };
    }

    private static Report Made(Answer answer, string process)
    {
        Synthetic chance = new(20260304);
        double[] noise = chance.Noise(Ticks, 0.7), slow = chance.Noise(Ticks, 0.4);
        List<Point> points = [];
        List<Finding> verdicts = [];
        List<AlertChange> alerts = [];
        Dictionary<DateTimeOffset, RoundTrips> times = [];
        Thresholds thresholds = Thresholds.Default with { MaxConnections = 700 };
        AlertEvaluator evaluator = new(UsualRules.Of(thresholds), []);
        for (int i = 0; i < Ticks; i++)
        {
            DateTimeOffset end = start + ((i + 1) * TimeSpan.FromSeconds(5));
            int established = (int)(360 + (2.2 * i) + (35 * noise[i])), waiting = (int)(900 + (700 * Math.Max(0, Math.Sin(i / 3.5))) + (40 * slow[i]));
            int failed = established > 520 ? 1 + chance.Count(2) : 0;
            List<Finding> broken = [];
            if (failed > 0)
                broken.Add(Examples.CloseUnread with { Count = failed, First = end.AddSeconds(-1), Last = end, Peer = new Endpoint(backend, 0) });
            if (i is > 70 and < 78)
                broken.Add(Examples.SlowAccept with { First = end.AddSeconds(-2), Last = end, Count = 2 });
            verdicts.AddRange(broken);
            long all = broken.Sum(one => (long)one.Count);
            Reading reading = Read(end, established, waiting, process) with { Traffic = new TrafficReading(740, 735, all, 3) };
            points.Add(Point.Of(new Tick { Start = end.AddSeconds(-5), Reading = reading, Findings = broken, Events = 12, Cpu = TimeSpan.FromMilliseconds(9) }));
            alerts.AddRange(evaluator.Observe(reading, broken));
            times[end] = new RoundTrips(established, Ms(0.4 + (0.02 * slow[i])), Ms(1.3 + (0.1 * noise[i])), Ms(6 + (i > 80 ? 9 : 0) + noise[i]));
        }
        long total = verdicts.Sum(one => (long)one.Count);
        answer = answer with { Start = start, End = start.AddMinutes(10), Opened = 88_800, ClosedNormally = 88_200, Failed = total };
        return ReportMaker.Of(ReportKind.Window, answer, points, verdicts, times, alerts, thresholds) with { Host = "web-3" };
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(Math.Max(milliseconds, 0.1));

    private static Reading Read(DateTimeOffset time, int established, int waiting, string process) => new()
    {
        Time = time,
        Interval = TimeSpan.FromSeconds(5),
        Source = "ebpf",
        Connections = established + waiting + 12,
        States = [new StateCount(TcpState.Established, established), new StateCount(TcpState.TimeWait, waiting), new StateCount(TcpState.CloseWait, 12), new StateCount(TcpState.Listen, 9)],
        LocalPorts = [new PortCount(443, established, established - 30, new ProcessInfo(901, "haproxy")), new PortCount(8080, 120, 118, new ProcessInfo(4312, process)), new PortCount(22, 2, 2, new ProcessInfo(711, "sshd"))],
        Peers = [new PeerCount(backend, established, established - 9), new PeerCount(IPAddress.Parse("10.0.3.4"), 96, 90), new PeerCount(IPAddress.Parse("2001:db8::17"), 31, 31)],
        Processes = [new ProcessCount(new ProcessInfo(901, "haproxy"), established, established - 9, 0), new ProcessCount(new ProcessInfo(4312, process) { Container = "3f2a9c1b7d10" }, 131, 119, 12)],
        PortUses = [new LocalPortUse(4026531840, IPAddress.Parse("10.0.0.5"), new Endpoint(backend, 443), 23_900, waiting, 28_232), new LocalPortUse(4026531840, IPAddress.Parse("10.0.0.5"), new Endpoint(IPAddress.Parse("10.0.3.4"), 5432), 96, 4, 28_232)],
        Limits = [new Gauge(GaugeKind.LocalPorts, "net.ipv4.ip_local_port_range", "10.0.0.5 → 10.0.9.8:443", 23_900, 28_232), new Gauge(GaugeKind.AcceptQueue, "net.core.somaxconn", $"0.0.0.0:443 ({process} 901)", 40, 128), new Gauge(GaugeKind.Files, "fs.file-max", "", 4_200, 9_223_372)],
        Rates = new TcpRates { Opened = 90, Accepted = 58, SegmentsOut = 9_000, Retransmitted = 4 },
        Load = new LoadAverage(0.42, 0.38, 0.3),
    };
}
