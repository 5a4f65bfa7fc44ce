using Tcpwhy.Model;
using Tcpwhy.Pools.Runtimes;

namespace Tcpwhy.Pools.Verdicts;

/// <summary>Every connection is busy all the time and the number never moves: it stands at a ceiling, so callers wait.</summary>
internal static class Exhausted
{
    // Clients of these wait for news by design: always busy, never short.
    private static readonly int[] Waits = [2379, 4150, 4222, 5671, 5672, 6379, 6443, 9092, 9093, 1883, 8883, 61616];

    public static PoolJudgement? Judge(Pool pool)
    {
        (PoolSize size, PoolUse use) = (pool.Size, pool.Use);
        bool kept = pool.Churn.Closed * 4 <= use.Exchanges;
        bool queued = use.Asked > size.Peak;
        // A few wait while a connection is made: that is growth.
        (long waited, TimeSpan longest) = (pool.Own.Sum(own => own.Waited), pool.Own.Select(own => own.WaitedMean).DefaultIfEmpty().Max());
        bool told = waited * 4 > pool.Own.Sum(own => own.Requests);
        // What is seen between the queue's requests is the program's own slowness: its count needs no busy samples beside it.
        bool stands = pool.Samples >= (told ? 3 : 6) && size.Peak >= 1 && size.Now == size.Peak && size.AtPeak >= 0.7;
        bool busy = told || (use.IdleShare <= 0.05 && use.AwaitingShare >= 0.7 && use.BusyPeak >= size.Peak);
        if (!stands || !busy || !kept || pool.Waiting.Count > 0 || use.Exchanges < size.Peak || (size.Peak < 2 && !queued && !told))
            return null;
        var found = new Case();
        found.For(0.4, "{0} connections, in {1} of {2} samples: no more are opened", size.Peak, (int)Math.Round(size.AtPeak * pool.Samples), pool.Samples);
        found.For(0.1, "connections with an answer due, over all samples: {0} %", use.AwaitingShare * 100);
        if (queued)
            found.For(0.6, "the process has {0} requests of its own to answer: {1} more than it has connections", use.Asked, use.Asked - size.Peak);
        if (told)
            found.For(0.9, "requests that waited inside the process for a connection, by its own count: {0}, for {1} on average", waited, longest);
        if (pool.Runtime != Runtime.Unknown)
            found.For(0.2, "its runtime keeps pools with a limit");
        if (KnobTable.IsKnownCeiling(pool.Runtime, size.Peak))
            found.For(0.2, "{0} is where a pool of this runtime ends by default", size.Peak);
        if (size.First < size.Peak)
            found.For(0.3, "it grew from {0} and stopped at {1}", size.First, size.Peak);
        if (Array.IndexOf(Waits, pool.Destination.Port) >= 0)
            found.Against(0.4, "clients of port {0} often wait for news by design", pool.Destination.Port.ToString());
        return found.Close(PoolVerdict.Exhausted, queued || told ? Severity.Critical : Severity.Warning);
    }
}
