using Tcpwhy.Model;

namespace Tcpwhy.Alerting;

/// <summary>Failures of one cause.</summary>
/// <param name="All">Connections that ended by it.</param>
/// <param name="Broken">How many of them were no normal life.</param>
/// <param name="Worst">The finding that had most of them at a time.</param>
internal readonly record struct FailureSum(int All, int Broken, Finding Worst)
{
    public static FailureSum Of(Finding finding) => new(finding.Count, finding.Severity == Severity.Info ? 0 : finding.Count, finding);

    public static FailureSum operator +(FailureSum one, FailureSum other) => new(one.All + other.All, one.Broken + other.Broken, one.IsWorseThan(other) ? one.Worst : other.Worst);

    private bool IsWorseThan(FailureSum other) => (Worst.Severity, Worst.Count).CompareTo((other.Worst.Severity, other.Worst.Count)) >= 0;
}

/// <summary>How many connections broke, by cause, in the last hour at most: pure, its time is that of readings.</summary>
internal sealed class FailureWindow
{
    private readonly Queue<(DateTimeOffset Time, Dictionary<string, FailureSum> Causes)> _slots = new();

    /// <summary>Takes in what was found since the reading before.</summary>
    public void Observe(DateTimeOffset time, IReadOnlyList<Finding> findings)
    {
        if (findings.Count > 0)
        {
            Dictionary<string, FailureSum> causes = new(StringComparer.Ordinal);
            foreach (Finding finding in findings)
                Add(causes, finding.Cause, FailureSum.Of(finding));
            _slots.Enqueue((time, causes));
        }
        while (_slots.TryPeek(out var oldest) && (oldest.Time < time - Threshold.LongestWindow || oldest.Time > time))
            _slots.Dequeue();
    }

    /// <summary>By cause, what broke after <paramref name="start"/>.</summary>
    public Dictionary<string, FailureSum> Since(DateTimeOffset start)
    {
        Dictionary<string, FailureSum> sums = new(StringComparer.Ordinal);
        foreach ((DateTimeOffset time, var causes) in _slots)
        {
            if (time <= start)
                continue;
            foreach ((string cause, FailureSum sum) in causes)
                Add(sums, cause, sum);
        }
        return sums;
    }

    private static void Add(Dictionary<string, FailureSum> sums, string cause, FailureSum more) =>
        sums[cause] = sums.TryGetValue(cause, out FailureSum sum) ? sum + more : more;
}
