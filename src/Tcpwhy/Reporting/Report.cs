using Tcpwhy.Alerting;
using Tcpwhy.Model;
using Tcpwhy.Patterns;
using Tcpwhy.Readings;

namespace Tcpwhy.Reporting;

/// <summary>Where a report has its numbers from.</summary>
public enum ReportKind
{
    /// <summary>One reading of this host.</summary>
    Once,

    /// <summary>This host, watched for a while.</summary>
    Window,

    /// <summary>What an earlier watch kept.</summary>
    History,

    /// <summary>A recording.</summary>
    Recording,
}

/// <summary>What happened to TCP in a time, as plain data: every form in which it is written has the same numbers.</summary>
public sealed record Report
{
    public required ReportKind Kind { get; init; }

    /// <summary>The host it is about, or the recording's; null when it is not known.</summary>
    public string? Host { get; init; }

    /// <summary>The window, how well it was seen, and why connections broke in it.</summary>
    public required Answer Answer { get; init; }

    /// <summary>How many readings it rests on.</summary>
    public int Points { get; init; }

    /// <summary>The time in even parts, in order; at most <see cref="ReportSlot.Most"/>.</summary>
    public required IReadOnlyList<ReportSlot> Slots { get; init; }

    /// <summary>Least, mean and most of each quantity over all readings, as <see cref="History.Point.Values"/> names them.</summary>
    public IReadOnlyDictionary<string, History.Extent> Extents { get; init; } = new Dictionary<string, History.Extent>();

    /// <summary>The last reading; null for a recording.</summary>
    public Reading? Last { get; init; }

    public long Retransmits { get; init; }

    /// <summary>What is over a threshold in the last reading.</summary>
    public IReadOnlyList<Warning> Warnings { get; init; } = [];

    /// <summary>What alerts did in the time, in order.</summary>
    public IReadOnlyList<AlertChange> Alerts { get; init; } = [];
    public IReadOnlyList<Pattern> Patterns { get; init; } = [];

    /// <summary>The series that were searched for patterns.</summary>
    public IReadOnlyList<Series> Series { get; init; } = [];

    /// <summary>Round trips of established connections at the last reading; null where they were not measured.</summary>
    public RoundTrips? RoundTrips { get; init; }
}

/// <summary>A part of the time.</summary>
public sealed record ReportSlot(DateTimeOffset Start, DateTimeOffset End)
{
    /// <summary>More would be narrower than a screen's column.</summary>
    public const int Most = 120;

    /// <summary>Means over the part, as connections or state.time_wait; empty where nothing was read.</summary>
    public IReadOnlyDictionary<string, double> Values { get; init; } = new Dictionary<string, double>();

    /// <summary>Connections that broke, by cause.</summary>
    public IReadOnlyDictionary<string, long> FailuresByCause { get; init; } = new Dictionary<string, long>();
    public long Opened { get; init; }
    public long ClosedNormally { get; init; }
    public long Failed { get; init; }
    public RoundTrips? RoundTrips { get; init; }
}

/// <summary>Smoothed round-trip times of the connections that were established at one moment.</summary>
/// <param name="Connections">How many there were.</param>
public readonly record struct RoundTrips(int Connections, TimeSpan P50, TimeSpan P90, TimeSpan P99)
{
    /// <summary>Null when there was none.</summary>
    public static RoundTrips? Of(List<TimeSpan> times)
    {
        if (times.Count == 0)
            return null;
        times.Sort();
        TimeSpan At(double share) => times[(int)Math.Ceiling(share * times.Count) - 1];
        return new RoundTrips(times.Count, At(0.5), At(0.9), At(0.99));
    }
}
