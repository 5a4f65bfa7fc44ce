namespace Tcpwhy.Probing;

/// <summary>How long one stage took, over the attempts that came through it.</summary>
public sealed record StageTimes(int Count, TimeSpan Min, TimeSpan Median, TimeSpan P95, TimeSpan Max)
{
    /// <summary>Null when no attempt came through. Of an even number the median is the mean of the middle two; p95 is the nearest rank.</summary>
    public static StageTimes? Of(IEnumerable<TimeSpan> times)
    {
        TimeSpan[] sorted = [.. times.Order()];
        if (sorted.Length == 0)
            return null;
        TimeSpan median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        int rank = (int)Math.Ceiling(0.95 * sorted.Length);
        return new StageTimes(sorted.Length, sorted[0], median, sorted[rank - 1], sorted[^1]);
    }
}
