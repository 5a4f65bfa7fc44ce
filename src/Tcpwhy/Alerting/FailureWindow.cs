using Tcpwhy.Model;

namespace Tcpwhy.Alerting;

/// <summary>How many connections broke, by cause, in the last hour at most: pure, its time is that of readings.</summary>
internal sealed class FailureWindow
{
    private readonly Queue<(DateTimeOffset Time, Dictionary<string, (int Count, Finding Worst)> Causes)> _slots = new();

    /// <summary>Takes in what was found since the reading before.</summary>
    public void Observe(DateTimeOffset time, IReadOnlyList<Finding> findings)
    {
        if (findings.Count > 0)
        {
            Dictionary<string, (int Count, Finding Worst)> causes = new(StringComparer.Ordinal);
            foreach (Finding finding in findings)
                Add(causes, finding.Cause, finding.Count, finding);
            _slots.Enqueue((time, causes));
        }
        while (_slots.TryPeek(out var oldest) && (oldest.Time < time - Threshold.LongestWindow || oldest.Time > time))
            _slots.Dequeue();
    }

    /// <summary>By cause, how many broke after <paramref name="start"/>, and the finding that had most of them at a time.</summary>
    public Dictionary<string, (int Count, Finding Worst)> Since(DateTimeOffset start)
    {
        Dictionary<string, (int Count, Finding Worst)> sums = new(StringComparer.Ordinal);
        foreach ((DateTimeOffset time, var causes) in _slots)
        {
            if (time <= start)
                continue;
            foreach ((string cause, (int count, Finding worst)) in causes)
                Add(sums, cause, count, worst);
        }
        return sums;
    }

    private static void Add(Dictionary<string, (int Count, Finding Worst)> sums, string cause, int count, Finding finding) =>
        sums[cause] = sums.TryGetValue(cause, out var sum) ? (sum.Count + count, sum.Worst.Count >= finding.Count ? sum.Worst : finding) : (count, finding);
}
