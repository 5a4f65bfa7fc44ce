using System.Net;
using Tcpwhy.Alerting;
using Tcpwhy.Alerting.Delivery;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Texts;
using Tcpwhy.Tuning;

namespace Tcpwhy.Tests.Alerting;

/// <summary>Readings, findings, rules and alerts for tests.</summary>
internal static class Given
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 14, 0, 0, TimeSpan.Zero);

    public static readonly Sender Sender = new("web-1", Language.English);

    public static DateTimeOffset At(double seconds) => Start.AddSeconds(seconds);

    public static Reading Reading(double seconds, int connections = 0, int timeWait = 0, double? opened = null, long? failed = null, long normal = 0, params Gauge[] limits) => new()
    {
        Time = At(seconds),
        Source = "ebpf",
        Connections = connections,
        States = [new StateCount(TcpState.TimeWait, timeWait)],
        Limits = limits,
        Rates = opened is { } rate ? new TcpRates { Opened = rate } : null,
        Traffic = failed is { } broken ? new TrafficReading(broken + normal, normal, broken, 0) : null,
    };

    public static Finding Finding(int count, string cause = "server-close-unread", Severity severity = Severity.Critical) => new()
    {
        Cause = cause,
        Severity = severity,
        Confidence = 0.9,
        Count = count,
        Fault = Fault.Server,
        Process = new ProcessInfo(4312, "java"),
        Local = new Endpoint(IPAddress.Parse("10.0.9.8"), 443),
        Peer = new Endpoint(IPAddress.Parse("10.0.3.4"), 0),
        First = Start,
        Last = Start,
        Evidence = [],
        Remedy = [new Remedy("application", "drain")],
        Facts = new Dictionary<string, string> { ["count"] = $"{count}", ["client"] = "10.0.3.4", ["server"] = "java (pid 4312)", ["service"] = "10.0.9.8:443", ["unread"] = "1,204" },
        Examples = [],
    };

    public static AlertRule Rule(string signal, double? warning, double? critical = null) =>
        new() { Name = signal, Signal = AlertSignal.Find(signal)!, Warning = warning, Critical = critical, For = TimeSpan.Zero };

    public static Alert Alert(string rule = "max-connections", Severity severity = Severity.Warning, string signal = "connections") => new()
    {
        Rule = rule,
        Signal = signal,
        Unit = AlertSignal.Find(signal)!.Unit,
        Subject = "",
        Severity = severity,
        Value = 1204,
        Peak = 1204,
        Threshold = 1000,
        Clear = 900,
        Fired = Start,
        Changed = Start,
        Told = Start,
        Measured = Start,
    };

    public static AlertChange Fired(string rule = "max-connections", Severity severity = Severity.Warning) => new(AlertChangeKind.Fired, Alert(rule, severity), Start, null);

    public static AlertChange Ended(string rule = "max-connections", double seconds = 60) =>
        new(AlertChangeKind.Resolved, Alert(rule) with { Value = 640, Resolved = At(seconds) }, At(seconds), Severity.Warning);

    public static AlertNotice Notice(AlertChange change, long serial = 7) => new($"abc-{serial}", serial, change);

    /// <summary>Waits until it holds; the test fails after twenty seconds.</summary>
    public static async Task Until(Func<bool> holds)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            Xunit.Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(20), "it did not come to hold within twenty seconds");
            await Task.Delay(1);
        }
    }
}
