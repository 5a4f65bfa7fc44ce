namespace Tcpwhy.Patterns;

/// <summary>Looks for patterns in everything that a window has: the risk of a false alarm is one for all series and tests together, however many there are.</summary>
public static class PatternFinder
{
    /// <summary>How likely a window of pure noise is said to have a pattern; half of what was promised, since noise is never quite as modelled.</summary>
    public const double Risk = 0.02;

    /// <summary>Each series' patterns, then what failures go along with.</summary>
    public static IReadOnlyList<Pattern> Find(IReadOnlyList<Series> series, Failures? failures)
    {
        int tests = (SeriesPatterns.Tests * series.Count) + (failures is null ? 0 : FailurePatterns.Tests(failures));
        if (tests == 0)
            return [];
        double each = Risk / tests;
        List<Pattern> found = [];
        foreach (Series one in series)
            found.AddRange(SeriesPatterns.Of(one, each * SeriesPatterns.Tests));
        if (failures is not null)
            found.AddRange(FailurePatterns.Of(failures, each * FailurePatterns.Tests(failures)));
        return found;
    }
}
