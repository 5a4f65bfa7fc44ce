using Tcpwhy.Diagnosis.Causes;
using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Says when a case has all that it will get: most settle in a moment; some wait for an answer, for other addresses to be counted, or for a namespace to go.</summary>
/// <param name="open">Cases under way; those that are handed over are taken out of it.</param>
internal sealed class Telling(World world, Ceilings ceilings, Dictionary<ConnectionKey, Case> open)
{
    /// <summary>Of a connection that neither died nor is stuck there is nothing to tell, but its drops may explain a later death: SYNs are repeated for 131 s.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(150);

    /// <summary>A bound on memory when a host is in flames: older open cases are judged as they are.</summary>
    private const int Most = 50_000;

    private readonly Queue<(DateTimeOffset Time, ConnectionKey Key)> _changed = [];
    private readonly Queue<(DateTimeOffset Time, ConnectionKey Key)> _asking = [];
    private readonly Queue<(DateTimeOffset Time, ConnectionKey Key)> _counting = [];
    private readonly Queue<(DateTimeOffset Time, ConnectionKey Key)> _undecided = [];
    private readonly Dictionary<ConnectionKey, DateTimeOffset> _parted = [];
    private readonly HashSet<ConnectionKey> _cutOff = [];
    private readonly List<Case> _held = [];
    private readonly Aftermaths _aftermaths = new();
    private DateTimeOffset _nextCutOff;

    /// <summary>Notes that an open case has grown.</summary>
    public void Changed(DateTimeOffset time, ConnectionKey key) => _changed.Enqueue((time, key));

    /// <summary>Whether an event only tells what became of a connection that was told.</summary>
    public bool IsAftermath(ConnectionKey key, SocketEvent next) => _aftermaths.IsOf(key, next);

    /// <summary>Notes that a case was explained as broken.</summary>
    public void Told(ConnectionKey key, Case broken) => _aftermaths.Told(key, broken);

    /// <summary>Hands over the cases that ended long enough before <paramref name="now"/> for all their events to have come.</summary>
    public IEnumerable<Case> Settled(DateTimeOffset now)
    {
        while (_changed.TryPeek(out var oldest) && (now - oldest.Time > Cases.Settle || _changed.Count > Most))
        {
            _changed.Dequeue();
            if (!open.TryGetValue(oldest.Key, out Case? known) || known.Last != oldest.Time)
                continue; // changed since, and in the queue again behind
            if (known.Ended && IsUnanswered(known))
            {
                _asking.Enqueue(oldest);
            }
            else if (known.Ended && Rotations.IsAttempt(known))
            {
                _counting.Enqueue(oldest);
            }
            else if (known.Ended && world.Removals.IsPending(known, now))
            {
                _cutOff.Add(oldest.Key);
            }
            else if (known.Ended)
            {
                if (IsDue(oldest.Key, known, now))
                    yield return known;
            }
            else
            {
                _undecided.Enqueue(oldest);
            }
        }
        while (_counting.TryPeek(out var oldest) && (now - oldest.Time > Rotations.Patience || _counting.Count > Most))
        {
            _counting.Dequeue();
            if (!open.TryGetValue(oldest.Key, out Case? known) || known.Last != oldest.Time)
                continue;
            if (world.Rotations.IsNew(known))
                _asking.Enqueue(oldest);
            else if (IsDue(oldest.Key, known, now))
                yield return known;
        }
        while (_asking.TryPeek(out var oldest) && (now - oldest.Time > Cases.Answer || _asking.Count > Most))
        {
            _asking.Dequeue();
            if (!open.TryGetValue(oldest.Key, out Case? known) || known.Last != oldest.Time)
                continue;
            if (world.Removals.IsPending(known, now))
                _cutOff.Add(oldest.Key);
            else if (IsDue(oldest.Key, known, now))
                yield return known;
        }
        foreach (ConnectionKey key in Removed(now))
        {
            if (open.Remove(key, out Case? known) && IsNews(key, known))
                yield return known;
        }
        while (_undecided.TryPeek(out var oldest) && (now - oldest.Time > Patience || _undecided.Count > Most))
        {
            _undecided.Dequeue();
            if (!open.TryGetValue(oldest.Key, out Case? known) || known.Last != oldest.Time)
                continue;
            open.Remove(oldest.Key);
            if (IsTold(known))
                yield return known;
        }
        for (int n = _held.Count - 1; n >= 0; n--)
        {
            if (world.Downtimes.IsDown(_held[n], now) && _held.Count < 1_000)
                continue;
            Case held = _held[n];
            _held.RemoveAt(n);
            yield return held;
        }
    }

    /// <summary>Of the connections that wait for their namespace to go, those that need not wait any longer.</summary>
    private List<ConnectionKey> Removed(DateTimeOffset now)
    {
        if (_cutOff.Count == 0 || now < _nextCutOff)
            return [];
        _nextCutOff = now + Cases.Settle;
        List<ConnectionKey> over = [.. _cutOff.Where(key => _cutOff.Count > 1_000 || !open.TryGetValue(key, out Case? known) || !world.Removals.IsPending(known, now))];
        _cutOff.ExceptWith(over);
        return over;
    }

    /// <summary>Hands over what is left at the end of the window: the cases that ended, and those that are stuck.</summary>
    public IEnumerable<Case> Rest(DateTimeOffset now)
    {
        foreach ((ConnectionKey key, Case left) in open)
        {
            if (left.Ended && IsNews(key, left) && !ceilings.Takes(left, world) || IsTold(left) || IsStuck(left, now))
                yield return left;
        }
        foreach (Case held in _held)
            yield return held;
        open.Clear();
        _held.Clear();
        _changed.Clear();
        _asking.Clear();
        _counting.Clear();
        _undecided.Clear();
        _cutOff.Clear();
    }

    /// <summary>Whether a case whose ports were taken into use again is to be told as it is.</summary>
    public bool IsTold(ConnectionKey key, Case before) => before.Ended && IsNews(key, before) || IsTold(before);

    /// <summary>Ends a case: whether it can be told now. Who was refused by a service that may come back waits for it.</summary>
    private bool IsDue(ConnectionKey key, Case ended, DateTimeOffset now)
    {
        open.Remove(key);
        if (!world.Downtimes.IsDown(ended, now))
            return IsNews(key, ended) && !ceilings.Takes(ended, world);
        _held.Add(ended);
        return false;
    }

    /// <summary>Whether there is something to tell though nothing ended.</summary>
    private bool IsTold(Case told) => told.IsTold || world.Limits.TurnedAway(told);

    /// <summary>Whether a reset came that no other end sent, a request was put off, a server that owed an answer may be ending, or a segment was dropped at a limit, and what there is to know of it has not come yet.</summary>
    private bool IsUnanswered(Case ended) =>
        ended.Alive.Count == 0 && (ended.SynAck is { Deferred: true } || Removals.CutOff(ended) is not null) || world.Limits.TurnedAway(ended) || ProcessCrash.LeftOwing(ended.Server)
            || (ended.Alive.Count == 0 || ended.Tracked.Count == 0 && ended.Drops.Exists(dropped => dropped.Reason == "NETFILTER_DROP" && !dropped.Flags.HasFlag(TcpFlags.Syn)))
                && ended.Ends.Any(end => end.Received is not null && end.State != TcpState.SynSent && ended.Other(end) is null);

    /// <summary>What one end does long after the other's close was told, an answer to a client who left or its own close, is no second failure.</summary>
    private bool IsNews(ConnectionKey key, Case ended)
    {
        _aftermaths.Observe(key, ended, world.Removals.Of(ended));
        bool told = _parted.TryGetValue(key, out DateTimeOffset parted);
        if (ended.IsClean)
        {
            if (told && ended.Ends.FirstOrDefault() is { } left && !Aftermaths.IsAnotherLife(left.Events[0], parted))
                return false;
            if (_parted.Count >= 10_000)
                _parted.Clear(); // a bound: an answer that is later still counts as another connection
            _parted[key] = ended.Last;
            return true;
        }
        return !(told && (ended.ClientRefusal is { Answers: var met } && !met.HasFlag(TcpFlags.Syn) || ended.Server is { State: TcpState.CloseWait, Received: not null }));
    }

    private static bool IsStuck(Case left, DateTimeOffset now)
    {
        foreach (ConnectionEnd end in left.Ends)
        {
            // The next attempt is due after twice the last interval; when it stayed away, the connection went on.
            if (end.Retransmission is { } last && now - last.Time < 2.2 * RetransmitInterval(last))
                return true;
        }
        return false;
    }

    private static TimeSpan RetransmitInterval(Retransmitted last)
    {
        // SYNs go out every second at first (tcp_syn_linear_timeouts), then ever more slowly; data follows the RTO.
        double rto = (last.Sample?.RetransmitTimeoutMicroseconds ?? 0) / 1e6;
        return TimeSpan.FromSeconds(Math.Max(rto, last.State == TcpState.SynSent ? 1 : 0.2));
    }
}
