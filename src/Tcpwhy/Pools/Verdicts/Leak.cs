using Tcpwhy.Model;

namespace Tcpwhy.Pools.Verdicts;

/// <summary>Connections are opened and neither used again nor closed, or are not closed after the peer closed them.</summary>
internal static class Leak
{
    private const int LeastGrowth = 5;
    private const int LeastWaitingGrowth = 3;
    private const int ManyWaiting = 20;
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Soon = TimeSpan.FromHours(1);

    public static PoolJudgement? Judge(Pool pool)
    {
        var found = new Case();
        Waiting(pool, found);
        Growing(pool, found);
        if (found.Confidence == 0)
            return null;
        TimeSpan? end = End(pool);
        if (pool.Descriptors is { } open && DescriptorsLast(pool) is { } left)
            found.For(0, "{0} of {1} descriptors of the process are open: none left in {2} at this rate", open.Open, open.Limit, left);
        return found.Close(PoolVerdict.Leak, end < Soon ? Severity.Critical : Severity.Warning);
    }

    private static void Waiting(Pool pool, Case found)
    {
        PoolWaiting waiting = pool.Waiting;
        if (waiting.Growth >= LeastWaitingGrowth)
            found.For(0.8, "connections that the peer closed and the process did not (CLOSE_WAIT): {0}, {1} more than {2} ago", waiting.Count, waiting.Growth, pool.Window);
        else if (waiting.Count >= ManyWaiting && waiting.Age.Median >= LongWait)
            found.For(0.7, "connections that the peer closed and the process did not (CLOSE_WAIT): {0}", waiting.Count);
        else
            return;
        if (waiting.Age.Longest >= LongWait)
            found.For(0.3, "the oldest has been left so for {0}", waiting.Age.Longest);
    }

    private static void Growing(Pool pool, Case found)
    {
        PoolSize size = pool.Size;
        int grown = size.Now - pool.Waiting.Count - (size.First - (pool.Waiting.Count - pool.Waiting.Growth));
        if (!size.GrowsThroughout || grown < Math.Max(LeastGrowth, size.First / 10) || pool.Churn.Closed * 5 > pool.Churn.Opened)
            return;
        // A pool that warms up uses what it opened.
        if (pool.Use.Abandoned < 0.7)
            return;
        found.For(0.5, "the pool grew from {0} to {1} connections in {2}, and closed {3}", size.First, size.Now, pool.Window, pool.Churn.Closed);
        found.For(0.5, "of the new ones, not used again after their first use: {0} %", pool.Use.Abandoned * 100);
    }

    private static TimeSpan? End(Pool pool) => (DescriptorsLast(pool), pool.Ports?.ExhaustedIn) switch
    {
        ({ } one, { } other) => one < other ? one : other,
        var (one, other) => one ?? other,
    };

    private static TimeSpan? DescriptorsLast(Pool pool) =>
        pool.Descriptors is { Limit: < 1L << 40 } descriptors && pool.Size.GrowthPerSecond > 0.01
            ? TimeSpan.FromSeconds(Math.Min(Math.Max(descriptors.Limit - descriptors.Open, 0) / pool.Size.GrowthPerSecond, 1e9)) : null;
}
