using Tcpwhy.Model;

namespace Tcpwhy.Alerting;

/// <summary>From where on a signal is an alert, and from where on it no longer is.</summary>
public sealed record AlertRule
{
    /// <summary>A signal that rose over its threshold must fall by this much before the alert ends, unless the rule says otherwise.</summary>
    public const double UsualClear = 0.9;
    public static readonly TimeSpan UsualFor = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan UsualRepeat = TimeSpan.FromHours(4);

    /// <summary>What the alert is called.</summary>
    public required string Name { get; init; }
    public required AlertSignal Signal { get; init; }

    /// <summary>Over this it is a warning; null when the rule has none.</summary>
    public double? Warning { get; init; }

    /// <summary>Over this it is critical; null when the rule has none.</summary>
    public double? Critical { get; init; }

    /// <summary>At this or below, the alert ends; it stands in relation to the lower threshold. Null: nine tenths of it.</summary>
    public double? Clear { get; init; }

    /// <summary>For failures and their share: within which time they are counted.</summary>
    public TimeSpan Window { get; init; } = Threshold.UsualWindow;

    /// <summary>How long the signal must stay over its threshold.</summary>
    public TimeSpan For { get; init; } = UsualFor;

    /// <summary>How often an alert that lasts is told again.</summary>
    public TimeSpan Repeat { get; init; } = UsualRepeat;

    /// <summary>For the share of failures: of how many connections at least.</summary>
    public int AtLeast { get; init; } = 20;

    /// <summary>The threshold of a severity, or null.</summary>
    public double? At(Severity severity) => severity == Severity.Critical ? Critical : Warning;

    /// <summary>Where a severity that was reached is left again.</summary>
    public double ClearOf(Severity severity)
    {
        double lowest = Warning ?? Critical ?? 0;
        double share = Clear is { } clear && lowest > 0 ? clear / lowest : UsualClear;
        return (At(severity) ?? lowest) * share;
    }
}
