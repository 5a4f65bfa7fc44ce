using Tcpwhy.Model;
using Tcpwhy.Readings;

namespace Tcpwhy.Alerting;

/// <summary>Readings and findings in, changes of alerts out: a pure function, whose time is that of the readings. One thread at a time.</summary>
public sealed class AlertEvaluator
{
    /// <summary>A bound when thousands of subjects cross one threshold at once.</summary>
    private const int MostSubjects = 50;

    /// <summary>An alert whose signal nobody measures for so long is ended.</summary>
    private static readonly TimeSpan Unmeasured = TimeSpan.FromHours(1);

    private readonly IReadOnlyList<AlertRule> _rules;
    private readonly SignalReader _signals = new();
    private readonly Dictionary<(string Rule, string Subject), Track> _tracks = [];
    private List<AlertChange> _changes = [];
    private DateTimeOffset? _first;

    /// <param name="rules">One per name.</param>
    /// <param name="firing">What fired when an evaluator before this ended.</param>
    public AlertEvaluator(IReadOnlyList<AlertRule> rules, IReadOnlyList<Alert> firing)
    {
        _rules = rules;
        foreach (Alert alert in firing)
            _tracks[alert.Key] = new Track { Alert = alert };
    }

    /// <summary>What fires, the worst first and then the latest.</summary>
    public IReadOnlyList<Alert> Firing => [.. _tracks.Values.Select(track => track.Alert).OfType<Alert>()
        .OrderByDescending(alert => alert.Severity).ThenByDescending(alert => alert.Changed).ThenBy(alert => alert.Rule, StringComparer.Ordinal).ThenBy(alert => alert.Subject, StringComparer.Ordinal)];

    /// <summary>Judges a reading. <paramref name="findings"/> are what broke since the reading before.</summary>
    public IReadOnlyList<AlertChange> Observe(Reading reading, IReadOnlyList<Finding> findings)
    {
        _changes = [];
        _first = _first is { } first && first <= reading.Time ? first : reading.Time;
        _signals.Observe(reading, findings);
        foreach (AlertRule rule in _rules)
        {
            if (_signals.Of(rule) is not { } measurement)
                continue;
            int subjects = _tracks.Values.Count(track => track.Alert?.Rule == rule.Name);
            foreach (Measured measured in measurement.Values)
            {
                var key = (rule.Name, measured.Subject);
                if (!_tracks.TryGetValue(key, out Track? track))
                {
                    if (!(measured.Value > (rule.Warning ?? double.MaxValue) || measured.Value > (rule.Critical ?? double.MaxValue)) || subjects++ >= MostSubjects)
                        continue;
                    _tracks[key] = track = new Track();
                }
                Judge(rule, track, measured, measurement.Whole, reading.Time);
            }
            // A subject that is no longer there has fallen to nothing.
            foreach (((_, string subject), Track track) in _tracks.Where(one => one.Key.Rule == rule.Name && one.Value.Judged != reading.Time).ToArray())
                Judge(rule, track, new Measured(subject, 0), measurement.Whole, reading.Time);
        }
        Forget(reading.Time);
        return _changes;
    }

    private void Judge(AlertRule rule, Track track, Measured measured, bool whole, DateTimeOffset time)
    {
        track.Judged = time;
        track.OverWarning = Over(rule, Severity.Warning, measured, track.OverWarning, time);
        track.OverCritical = Over(rule, Severity.Critical, measured, track.OverCritical, time);
        Severity? before = track.Alert?.Severity, now = null;
        foreach (Severity severity in (ReadOnlySpan<Severity>)[Severity.Critical, Severity.Warning])
        {
            DateTimeOffset? since = severity == Severity.Critical ? track.OverCritical : track.OverWarning;
            // Readings come a little early or late; one of every five seconds is not to be one of ten.
            bool reached = since is { } start && time - start >= rule.For * 0.95;
            bool held = before >= severity && rule.At(severity) is not null && (!whole || measured.Value > rule.ClearOf(severity));
            if (reached || held)
            {
                now = severity;
                break;
            }
        }
        if (now is { } severe)
            Stay(rule, track, measured, severe, time);
        else if (track.Alert is { } ended)
            End(track, ended with { Value = measured.Value, Measured = time }, time, AlertEnd.Cleared);
    }

    private static DateTimeOffset? Over(AlertRule rule, Severity severity, Measured measured, DateTimeOffset? since, DateTimeOffset time)
    {
        if (rule.At(severity) is not { } threshold || !(measured.Value > threshold))
            return null;
        // A clock that was set back starts the time anew.
        return since is { } start && start <= time ? start : time;
    }

    private void Stay(AlertRule rule, Track track, Measured measured, Severity severity, DateTimeOffset time)
    {
        Alert? old = track.Alert;
        DateTimeOffset told = old is null || old.Told > time ? time : old.Told;
        var alert = new Alert
        {
            Rule = rule.Name,
            Signal = measured.Cause ?? rule.Signal.Name,
            Unit = rule.Signal.Unit,
            Subject = measured.Subject,
            Severity = severity,
            Value = measured.Value,
            Peak = Math.Max(measured.Value, old?.Peak ?? 0),
            Threshold = rule.At(severity)!.Value,
            Clear = rule.ClearOf(severity),
            Window = rule.Signal.Unit == SignalUnit.Failures || rule.Signal.Name == "error-rate" ? rule.Window : TimeSpan.Zero,
            Fired = old?.Fired ?? time,
            Changed = old?.Severity == severity ? old.Changed : time,
            Told = told,
            Measured = time,
            Evidence = measured.Worst is { } worst ? AlertEvidence.Of(worst) : old?.Evidence,
        };
        AlertChangeKind? kind = old is null ? AlertChangeKind.Fired
            : severity > old.Severity ? AlertChangeKind.Escalated
            : severity < old.Severity ? AlertChangeKind.Eased
            : time - told >= rule.Repeat ? AlertChangeKind.Repeated
            : null;
        if (kind is { } change)
        {
            alert = alert with { Told = time };
            _changes.Add(new AlertChange(change, alert, time, old?.Severity));
        }
        track.Alert = alert;
    }

    private void End(Track track, Alert alert, DateTimeOffset time, AlertEnd end)
    {
        _changes.Add(new AlertChange(AlertChangeKind.Resolved, alert with { Resolved = time, Told = time }, time, alert.Severity) { End = end });
        track.Alert = null;
    }

    /// <summary>Ends what no rule watches any more, and drops what neither fires nor is about to.</summary>
    private void Forget(DateTimeOffset time)
    {
        foreach (var (key, track) in _tracks.ToArray())
        {
            if (track.Alert is { } alert)
            {
                if (!_rules.Any(rule => rule.Name == key.Rule))
                    End(track, alert, time, AlertEnd.RuleGone);
                else if (time - alert.Measured >= Unmeasured && time - _first >= Unmeasured)
                    End(track, alert, time, AlertEnd.NotMeasured);
            }
            if (track is { Alert: null, OverWarning: null, OverCritical: null })
                _tracks.Remove(key);
        }
    }

    private sealed class Track
    {
        public Alert? Alert;
        public DateTimeOffset? OverWarning;
        public DateTimeOffset? OverCritical;
        public DateTimeOffset Judged;
    }
}
