using Tcpwhy.Model;
using Tcpwhy.Pools.Verdicts;

namespace Tcpwhy.Pools;

/// <summary>Judges a pool by its numbers. Pure: no clock, no I/O.</summary>
public static class PoolJudge
{
    /// <summary>All that is true of the pool, the one to act on first; healthy alone when nothing else is.</summary>
    public static IReadOnlyList<PoolJudgement> Of(Pool pool)
    {
        List<PoolJudgement> found = [];
        foreach (PoolJudgement? one in (ReadOnlySpan<PoolJudgement?>)[Leak.Judge(pool), Exhausted.Judge(pool), NoReuse.Judge(pool), StaleRisk.Judge(pool), TooLarge.Judge(pool)])
        {
            if (one is { Confidence: >= PoolJudgement.Least })
                found.Add(one);
        }
        return found.Count > 0 ? found : [new PoolJudgement(PoolVerdict.Healthy, Severity.Info, 1, [])];
    }
}
