namespace Tcpwhy.Pools;

/// <summary>How times are distributed: the median, the nine tenths below which most stay, the longest.</summary>
public readonly record struct Spread(int Count, TimeSpan Median, TimeSpan P90, TimeSpan Longest)
{
    public static Spread Of(IEnumerable<TimeSpan> times)
    {
        TimeSpan[] sorted = [.. times.Order()];
        return sorted.Length == 0 ? default : new Spread(sorted.Length, At(sorted, 0.5), At(sorted, 0.9), sorted[^1]);
    }

    // The nearest rank: a time that was really seen.
    private static TimeSpan At(TimeSpan[] sorted, double share) => sorted[Math.Max((int)Math.Ceiling(share * sorted.Length) - 1, 0)];
}
