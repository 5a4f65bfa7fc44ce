using Tcpwhy.Model;

namespace Tcpwhy.Pools;

/// <summary>How a pool fares; of several that are true the first listed here is the one to act on.</summary>
public enum PoolVerdict
{
    /// <summary>It grows and never gives back: connections that nobody uses or closes any more.</summary>
    Leak,

    /// <summary>It stands at a ceiling with every connection busy: callers wait for one.</summary>
    Exhausted,

    /// <summary>Connections are opened for a request or two and closed again.</summary>
    NoReuse,

    /// <summary>It keeps connections longer than the peer, or a device on the path, does.</summary>
    StaleRisk,

    /// <summary>Most of its connections are never used.</summary>
    TooLarge,
    Healthy,
}

/// <summary>A verdict with what speaks for it.</summary>
/// <param name="Confidence">0 to 1.</param>
public sealed record PoolJudgement(PoolVerdict Verdict, Severity Severity, double Confidence, IReadOnlyList<PoolEvidence> Evidence)
{
    /// <summary>Below this nothing is claimed.</summary>
    public const double Least = 0.5;
}

/// <summary>One observation.</summary>
/// <param name="What">An English phrase with the values' places {0}, {1} …, translated when shown.</param>
/// <param name="Values">Numbers, and times, which are written with their unit when shown.</param>
public sealed record PoolEvidence(string What, params object[] Values);
