using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Follows, look by look, processes that have all their connections to a destination in use, and keeps those times that made others wait.</summary>
internal sealed class Ceilings
{
    /// <summary>Whether callers wait for a connection shows in so long, when it does.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    /// <summary>A bound; those beyond are told as if they had left by themselves.</summary>
    private const int MostLeft = 1_000;

    private readonly Dictionary<(int Pid, Endpoint Remote), Ceiling> _now = [], _told = [];
    private readonly Queue<(int Pid, Case Ended)> _left = [];

    /// <summary>Takes in one look at one pool.</summary>
    public void Observe(PoolLooked look)
    {
        var key = (look.Process.Pid, look.Remote);
        if (_now.TryGetValue(key, out Ceiling? ceiling) && ceiling.Observe(look))
            return;
        if (_now.Remove(key, out ceiling))
            Keep(key, ceiling);
        if (look.Busy == look.Connections)
            _now[key] = new Ceiling(look);
    }

    /// <summary>Keeps a caller that left a process whose connections were all in use: it waited for one of them, if others did.</summary>
    public bool Takes(Case ended, World world)
    {
        if (_now.Count == 0 || _left.Count >= MostLeft || (ended.Server?.Process ?? world.Servant(ended)) is not { } service || GivenUp.Of(ended) is not { } left
            || !_now.Any(pool => pool.Key.Pid == service.Pid && pool.Value.Last.Owed > 0 && left.Waited > pool.Value.Longest))
            return false;
        _left.Enqueue((service.Pid, ended));
        return true;
    }

    /// <summary>Hands over callers that left a process of which it did not turn out that others waited for its connections.</summary>
    public IEnumerable<Case> Settled(DateTimeOffset now)
    {
        for (int n = _left.Count; n > 0; n--)
        {
            (int pid, Case ended) = _left.Dequeue();
            if (_now.Concat(_told).FirstOrDefault(pool => pool.Key.Pid == pid && pool.Value.MadeCallersWait).Value is { } ceiling)
                ceiling.Left++;
            else if (now - ended.Last > Patience || !_now.Keys.Any(pool => pool.Pid == pid))
                yield return ended;
            else
                _left.Enqueue((pid, ended));
        }
    }

    /// <summary>Whether sockets in CLOSE_WAIT are callers that left, whose requests the process has yet to get to.</summary>
    public bool Explains(SocketsWaiting closing) =>
        _now.Concat(_told).Any(pool => pool.Key.Pid == closing.Process?.Pid && pool.Value.MadeCallersWait && 2 * pool.Value.Last.Left >= closing.Count);

    /// <summary>What was found, after the last look.</summary>
    public IEnumerable<Case> Rest()
    {
        foreach ((var key, Ceiling ceiling) in _now)
            Keep(key, ceiling);
        _now.Clear();
        List<Case> rest = [.. Settled(DateTimeOffset.MaxValue)];
        rest.AddRange(_told.Values.Select(Of));
        _told.Clear();
        return rest;
    }

    private void Keep((int, Endpoint) key, Ceiling ceiling)
    {
        if (!ceiling.MadeCallersWait && !ceiling.MadeThreadsWait)
            return;
        if (!_told.TryGetValue(key, out Ceiling? longest) || ceiling.Span > longest.Span)
        {
            ceiling.Left += longest?.Left ?? 0;
            _told[key] = ceiling;
        }
    }

    private static Case Of(Ceiling ceiling)
    {
        PoolLooked last = ceiling.Last;
        int count = ceiling.MadeCallersWait ? ceiling.Waiting : ceiling.Connections;
        return new Case(last.Time - ceiling.Span)
        {
            Last = last.Time,
            Ceiling = ceiling,
            Waiting = new SocketsWaiting
            {
                Time = last.Time,
                Netns = last.Netns,
                State = TcpState.Established,
                Process = last.Process,
                Local = last.Local,
                Remote = last.Remote,
                Opener = Opener.Local,
                Count = count,
                Settled = count,
                Oldest = ceiling.Longest,
            },
            ClientEndpoint = last.Local,
            ServerEndpoint = last.Remote,
        };
    }
}
