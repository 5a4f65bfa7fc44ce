using Tcpwhy.Model;

namespace Tcpwhy.Pools.Verdicts;

/// <summary>Far more connections than were ever busy at once: each costs memory at both ends and a place in the peer's own limit.</summary>
internal static class TooLarge
{
    private const int Large = 20;
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(3);

    public static PoolJudgement? Judge(Pool pool)
    {
        (PoolSize size, PoolUse use) = (pool.Size, pool.Use);
        if (size.Now < Large || pool.Window < Shortest || use.Unused < size.Now * 0.75 || use.BusyPeak * 4 > size.Now || pool.Waiting.Count * 2 > size.Now)
            return null;
        // Nothing was asked of it: at another hour it may be just right.
        if (use.BusyPeak == 0 && pool.Idle.Median < TimeSpan.FromMinutes(10))
            return null;
        var found = new Case();
        found.For(0.5, "connections not used once in {0}: {1} of {2}", pool.Window, use.Unused, size.Now);
        found.For(0.1, "the most that were busy at once: {0}", use.BusyPeak);
        if (pool.Idle.Median >= TimeSpan.FromSeconds(60))
            found.For(0.4, "half of them have been idle for {0} or longer", pool.Idle.Median);
        return found.Close(PoolVerdict.TooLarge, Severity.Info);
    }
}
