using Tcpwhy.Model;

namespace Tcpwhy.Probing;

/// <summary>What came of the attempts on one address.</summary>
public sealed record AddressResult
{
    public required Endpoint Address { get; init; }

    /// <summary>In the order in which they began.</summary>
    public required IReadOnlyList<Attempt> Attempts { get; init; }

    /// <summary>What a search for the path's MTU found, when one was asked for and a connection was possible.</summary>
    public MtuResult? Mtu { get; init; }
    public int Answered => Attempts.Count(attempt => attempt.IsOk);
    public bool IsDead => Answered == 0;
    public bool IsWhole => Answered == Attempts.Count;

    public StageTimes? Connect => StageTimes.Of(Attempts.Select(attempt => attempt.Connect).OfType<TimeSpan>());
    public StageTimes? Tls => StageTimes.Of(Attempts.Select(attempt => attempt.Tls).OfType<TimeSpan>());
    public StageTimes? FirstByte => StageTimes.Of(Attempts.Select(attempt => attempt.FirstByte).OfType<TimeSpan>());

    /// <summary>From the SYN to the last stage that was asked for, of the attempts that succeeded.</summary>
    public StageTimes? Total => StageTimes.Of(Attempts.Select(attempt => attempt.Total).OfType<TimeSpan>());

    /// <summary>An attempt that failed in the way in which most did; null when none did.</summary>
    public Attempt? UsualFailure => Attempts.Where(attempt => !attempt.IsOk)
        .GroupBy(attempt => (attempt.Outcome, attempt.Stage, attempt.Errno, attempt.Cause))
        .MaxBy(group => group.Count())?.First();

    /// <summary>The last attempt that succeeded, else the last: its socket is the one to show.</summary>
    public Attempt Shown => Attempts.LastOrDefault(attempt => attempt.IsOk) ?? Attempts[^1];
}
