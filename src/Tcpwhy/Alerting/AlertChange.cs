using Tcpwhy.Model;

namespace Tcpwhy.Alerting;

/// <summary>What became of an alert.</summary>
public enum AlertChangeKind
{
    Fired,

    /// <summary>From warning to critical.</summary>
    Escalated,

    /// <summary>From critical to warning.</summary>
    Eased,

    /// <summary>It lasts, and is told again.</summary>
    Repeated,
    Resolved,
}

/// <summary>Why an alert ended.</summary>
public enum AlertEnd
{
    /// <summary>The signal fell.</summary>
    Cleared,

    /// <summary>Its rule is no longer configured.</summary>
    RuleGone,

    /// <summary>What it watches could not be measured for long.</summary>
    NotMeasured,
}

/// <summary>A change of an alert, which receivers are told.</summary>
/// <param name="Alert">As it is after the change.</param>
/// <param name="Time">That of the reading.</param>
/// <param name="Before">Its severity before; null when it fires.</param>
public sealed record AlertChange(AlertChangeKind Kind, Alert Alert, DateTimeOffset Time, Severity? Before)
{
    public AlertEnd End { get; init; }

    /// <summary>The change as a receiver sees it that wants this severity and worse alone; null when it concerns none of those.</summary>
    public AlertChange? For(Severity least)
    {
        bool was = Before >= least, remains = Kind != AlertChangeKind.Resolved && Alert.Severity >= least;
        return (was, remains) switch
        {
            (false, false) => null,
            (false, true) => this with { Kind = AlertChangeKind.Fired, Before = null },
            (true, false) => this with { Kind = AlertChangeKind.Resolved, Alert = Alert with { Severity = Before!.Value, Resolved = Time } },
            _ => this,
        };
    }
}
