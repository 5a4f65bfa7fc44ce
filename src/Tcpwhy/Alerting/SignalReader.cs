using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Tuning;

namespace Tcpwhy.Alerting;

/// <summary>One value of a signal.</summary>
/// <param name="Subject">Whose it is; empty when there is one only.</param>
/// <param name="Cause">For failures, their cause; else null.</param>
/// <param name="Worst">For failures, the finding with most of them.</param>
internal readonly record struct Measured(string Subject, double Value, string? Cause = null, Finding? Worst = null);

/// <summary>All values of a signal at one moment.</summary>
/// <param name="Whole">Whether the window of counted failures was watched wholly; before, nothing has fallen for sure.</param>
internal readonly record struct Measurement(IReadOnlyList<Measured> Values, bool Whole);

/// <summary>Takes the values that rules judge from readings and findings: pure, its time is that of readings.</summary>
internal sealed class SignalReader
{
    private readonly FailureWindow _failures = new();
    private readonly Queue<(DateTimeOffset Time, TrafficReading Traffic)> _traffic = new();
    private Reading? _last;
    private DateTimeOffset _first;
    private bool _diagnoses;

    /// <summary>Takes in the next reading, and what broke since the one before.</summary>
    public void Observe(Reading reading, IReadOnlyList<Finding> findings)
    {
        if (_last is null || reading.Time < _first)
            _first = reading.Time;
        _last = reading;
        _failures.Observe(reading.Time, findings);
        if (reading.Traffic is { } traffic)
        {
            _diagnoses = true;
            _traffic.Enqueue((reading.Time, traffic));
        }
        while (_traffic.TryPeek(out var oldest) && (oldest.Time < reading.Time - Threshold.LongestWindow || oldest.Time > reading.Time))
            _traffic.Dequeue();
    }

    /// <summary>What the rule's signal is now, or null when it cannot be told yet.</summary>
    public Measurement? Of(AlertRule rule)
    {
        if (_last is not { } now)
            return null;
        return rule.Signal.Name switch
        {
            "connections" => One(now.Connections),
            "time-wait" => One(now.In(TcpState.TimeWait)),
            "connection-rate" => now.Rates is { } rates ? One(rates.Opened + rates.Accepted) : null,
            "retransmits" => now.Rates is { } rates ? One(rates.RetransmitShare) : null,
            "listen-drops" => now.Rates is { } rates ? One(rates.ListenDrops) : null,
            "error-rate" => ErrorRate(rule),
            "ephemeral-ports" => Limits(now, GaugeKind.LocalPorts),
            "accept-queue" => Limits(now, GaugeKind.AcceptQueue),
            "conntrack" => Limits(now, GaugeKind.Conntrack),
            "orphans" => Limits(now, GaugeKind.Orphans),
            "tcp-memory" => Limits(now, GaugeKind.TcpMemory),
            "time-wait-table" => Limits(now, GaugeKind.TimeWait),
            "files" => Limits(now, GaugeKind.Files),
            "descriptors" => Limits(now, GaugeKind.Descriptors),
            _ => Failures(rule),
        };
    }

    private static Measurement One(double value) => new([new Measured("", value)], Whole: true);

    private static Measurement Limits(Reading reading, GaugeKind kind)
    {
        // Two queues of one name: the fuller counts.
        Dictionary<string, double> fullest = new(StringComparer.Ordinal);
        foreach (Gauge gauge in reading.Limits)
        {
            if (gauge.Kind == kind && gauge.Limit > 0)
                fullest[gauge.Subject] = Math.Max(gauge.Share, fullest.GetValueOrDefault(gauge.Subject));
        }
        return new Measurement([.. fullest.Select(one => new Measured(one.Key, one.Value))], Whole: true);
    }

    private Measurement? ErrorRate(AlertRule rule)
    {
        if (!_diagnoses)
            return null;
        long failed = 0, ended = 0;
        foreach ((DateTimeOffset time, TrafficReading traffic) in _traffic)
        {
            if (time <= _last!.Time - rule.Window)
                continue;
            failed += traffic.Failed;
            ended += traffic.Failed + traffic.ClosedNormally;
        }
        // One of two says nothing, and so does none of none: it is neither high nor low.
        double share = ended < Math.Max(rule.AtLeast, 1) ? 0 : (double)failed / ended;
        // What the traffic counts may have been judged before the window.
        Finding? worst = share > 0 ? Broken(rule).OrderByDescending(one => one.Value.Broken).Select(one => (Finding?)one.Value.Worst).FirstOrDefault() : null;
        return new Measurement([new Measured("", share, null, worst)], IsWhole(rule));
    }

    private Measurement? Failures(AlertRule rule)
    {
        if (!_diagnoses)
            return null;
        List<Measured> values = [];
        if (rule.Signal.Name == AlertSignal.AllFailures)
        {
            var broken = Broken(rule).ToArray();
            values.Add(broken.Length == 0 ? new Measured("", 0) : new Measured("", broken.Sum(one => (double)one.Value.Broken), null, broken.MaxBy(one => one.Value.Broken).Value.Worst));
        }
        else if (rule.Signal.Name == AlertSignal.AnyCause)
        {
            foreach ((string cause, FailureSum sum) in Broken(rule))
                values.Add(new Measured(cause, sum.Broken, cause, sum.Worst));
        }
        else
        {
            // Who names a cause means it, though it may be normal life.
            FailureSum sum = _failures.Since(_last!.Time - rule.Window).GetValueOrDefault(rule.Signal.Name);
            values.Add(new Measured("", sum.All, rule.Signal.Name, sum.Worst));
        }
        return new Measurement(values, IsWhole(rule));
    }

    private IEnumerable<KeyValuePair<string, FailureSum>> Broken(AlertRule rule) =>
        _failures.Since(_last!.Time - rule.Window).Where(one => one.Value.Broken > 0);

    private bool IsWhole(AlertRule rule) => _last!.Time - _first >= rule.Window;
}
