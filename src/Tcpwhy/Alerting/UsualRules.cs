using Tcpwhy.Readings;

namespace Tcpwhy.Alerting;

/// <summary>The rules that hold unless the configuration changes them.</summary>
public static class UsualRules
{
    public const string Connections = "max-connections";
    public const string TimeWait = "time-wait-threshold";
    public const string ConnectionRate = "connection-rate-threshold";
    public const string ErrorRate = "error-rate-threshold";

    /// <summary>What is near its limit from <see cref="Thresholds.Headroom"/> on.</summary>
    public static readonly IReadOnlyList<string> Headroom = ["ephemeral-ports", "accept-queue", "conntrack", "orphans", "tcp-memory", "time-wait-table", "files", "descriptors"];

    public static List<AlertRule> Of(Thresholds thresholds)
    {
        List<AlertRule> rules =
        [
            Rule(Connections, "connections", thresholds.MaxConnections, 2.0 * thresholds.MaxConnections),
            Rule(TimeWait, "time-wait", thresholds.TimeWait, 2.0 * thresholds.TimeWait),
            // Many connections are no harm by themselves.
            Rule(ConnectionRate, "connection-rate", thresholds.ConnectionRate, null),
            Rule(ErrorRate, "error-rate", thresholds.ErrorRate, Math.Max(0.2, thresholds.ErrorRate)),
            Rule(AlertSignal.AnyCause, AlertSignal.AnyCause, 5, 60),
        ];
        foreach (string signal in Headroom)
            rules.Add(Rule(signal, signal, thresholds.Headroom, Math.Max(0.95, thresholds.Headroom)));
        return rules;
    }

    private static AlertRule Rule(string name, string signal, double warning, double? critical) =>
        new() { Name = name, Signal = AlertSignal.Find(signal)!, Warning = warning, Critical = critical };
}
