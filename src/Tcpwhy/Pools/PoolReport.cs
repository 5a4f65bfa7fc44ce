using Tcpwhy.Sources;

namespace Tcpwhy.Pools;

/// <summary>The audit of a window: every pool with what is true of it, the one to act on first.</summary>
public sealed record PoolReport
{
    public required DateTimeOffset Start { get; init; }
    public required DateTimeOffset End { get; init; }

    /// <summary>"ebpf" or "sock_diag".</summary>
    public required string Source { get; init; }
    public required int Samples { get; init; }

    /// <summary>Whether the kernel counted closed connections; else those that live between two samples are missed.</summary>
    public required bool ChurnFromKernel { get; init; }
    public required SocketsUnseen Unseen { get; init; }

    /// <summary>.NET processes whose own counters could not be read.</summary>
    public IReadOnlyList<CountersUnread> CountersUnread { get; init; } = [];

    /// <summary>Processor time that watching took.</summary>
    public required double CpuSeconds { get; init; }
    public required IReadOnlyList<JudgedPool> Pools { get; init; }

    /// <summary>Puts pools in the order in which they should be looked at: by verdict, how sure it is, and size.</summary>
    public static IReadOnlyList<JudgedPool> Rank(IEnumerable<Pool> pools) =>
    [
        .. pools.Select(pool => new JudgedPool(pool, PoolJudge.Of(pool)))
            .OrderByDescending(one => one.First.Verdict != PoolVerdict.Healthy)
            .ThenByDescending(one => one.First.Severity)
            .ThenBy(one => one.First.Verdict)
            .ThenByDescending(one => one.First.Confidence)
            .ThenByDescending(one => one.Pool.Size.Peak)
            .ThenByDescending(one => one.Pool.Churn.Closed)
            .ThenBy(one => one.Pool.Pid),
    ];
}

/// <summary>A pool with what is true of it, the judgement to act on first.</summary>
public sealed record JudgedPool(Pool Pool, IReadOnlyList<PoolJudgement> Judgements)
{
    public PoolJudgement First => Judgements[0];
}
