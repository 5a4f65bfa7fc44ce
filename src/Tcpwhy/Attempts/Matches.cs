using Tcpwhy.Diagnosis;
using Tcpwhy.Model;

namespace Tcpwhy.Attempts;

/// <summary>Brings each failed attempt together with the verdict on its connection, whichever comes first; both wait within bounds.</summary>
internal sealed class Matches
{
    /// <summary>A verdict holds the events of its connection, some kilobytes.</summary>
    public const int MostVerdicts = 4_096;
    public const int MostWaiting = 32_768;

    /// <summary>Between what the kernel did and what our program noticed.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(Endpoint, Endpoint), FailedAttempt> _waiting = [];
    private readonly Queue<FailedAttempt> _order = [];
    private readonly Dictionary<(Endpoint, Endpoint), Verdict> _verdicts = [];
    private readonly Queue<((Endpoint, Endpoint) Connection, Verdict Verdict)> _verdictOrder = [];

    /// <summary>How many attempts wait for a verdict.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>The verdict that came before the attempt, which was noticed later, or null.</summary>
    public Verdict? Take(FailedAttempt failed)
    {
        var connection = (failed.Local, failed.Remote);
        if (!_verdicts.TryGetValue(connection, out Verdict? verdict) || !Fits(failed, verdict))
            return null;
        _verdicts.Remove(connection);
        return verdict;
    }

    /// <summary>Lets an attempt wait for its verdict; false when too many do.</summary>
    public bool Wait(FailedAttempt failed)
    {
        if (_waiting.Count >= MostWaiting || !_waiting.TryAdd((failed.Local, failed.Remote), failed))
            return false;
        _order.Enqueue(failed);
        return true;
    }

    /// <summary>The attempt that waited for this verdict; null when none does yet, and then the verdict waits.</summary>
    public FailedAttempt? Claim(Verdict verdict)
    {
        var connection = (verdict.Case.ClientEndpoint, verdict.Case.ServerEndpoint);
        if (_waiting.TryGetValue(connection, out FailedAttempt? failed) && Fits(failed, verdict))
        {
            _waiting.Remove(connection);
            return failed;
        }
        while (_verdictOrder.Count >= MostVerdicts)
        {
            var oldest = _verdictOrder.Dequeue();
            if (_verdicts.TryGetValue(oldest.Connection, out Verdict? kept) && ReferenceEquals(kept, oldest.Verdict))
                _verdicts.Remove(oldest.Connection);
        }
        _verdicts[connection] = verdict;
        _verdictOrder.Enqueue((connection, verdict));
        return null;
    }

    /// <summary>The attempts from before <paramref name="time"/>, which wait no more.</summary>
    public IEnumerable<FailedAttempt> Overdue(DateTimeOffset time)
    {
        while (_order.TryPeek(out FailedAttempt? failed) && failed.Time < time)
        {
            _order.Dequeue();
            var connection = (failed.Local, failed.Remote);
            if (!_waiting.TryGetValue(connection, out FailedAttempt? kept) || !ReferenceEquals(kept, failed))
                continue; // it has its verdict
            _waiting.Remove(connection);
            yield return failed;
        }
    }

    /// <summary>Whether a verdict is on this life of the connection, and not on an earlier one of the same ports. What ended an idle connection is noticed when it is used again.</summary>
    private static bool Fits(FailedAttempt failed, Verdict verdict) =>
        verdict.Case.Last >= failed.Time - failed.SinceTraffic - Slack && verdict.Case.Start <= failed.Time + Slack;
}
