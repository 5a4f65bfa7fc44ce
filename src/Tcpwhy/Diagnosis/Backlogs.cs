using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Compares, look by look, the requests that each proxy owes answers to with those that it has sent on.</summary>
internal sealed class Backlogs
{
    private readonly Dictionary<int, (List<SocketsWaiting> Owed, List<SocketsWaiting> Asked)> _look = [];
    private readonly Dictionary<int, Case> _found = [];
    private DateTimeOffset _time;

    /// <summary>Takes in one group of one look.</summary>
    public void Observe(SocketsWaiting group)
    {
        if (group.Time != _time)
            End();
        _time = group.Time;
        if (group.Process is not { } process)
            return;
        if (!_look.TryGetValue(process.Pid, out (List<SocketsWaiting> Owed, List<SocketsWaiting> Asked) groups))
            _look[process.Pid] = groups = ([], []);
        (group.Opener == Opener.Local ? groups.Asked : groups.Owed).Add(group);
    }

    /// <summary>What was found, after the last look.</summary>
    public IEnumerable<Case> Rest()
    {
        End();
        Case[] rest = [.. _found.Values];
        _found.Clear();
        return rest;
    }

    private void End()
    {
        foreach ((int pid, (List<SocketsWaiting> owed, List<SocketsWaiting> asked)) in _look)
        {
            int waiting = owed.Sum(group => group.Count) - asked.Sum(group => group.Count);
            if (waiting > 0 && asked.Count > 0)
                _found[pid] = Seen(_found.GetValueOrDefault(pid), waiting, owed.MaxBy(group => group.Count)!, asked.MaxBy(group => group.Count)!, asked.Sum(group => group.Count));
        }
        _look.Clear();
    }

    private static Case Seen(Case? before, int waiting, SocketsWaiting front, SocketsWaiting back, int inUse)
    {
        Backlog? past = before?.Backlog;
        bool constant = past is null || past.Constant && past.InUse == inUse;
        TimeSpan oldest = past?.Oldest > front.Oldest ? past.Oldest : front.Oldest;
        int most = Math.Max(waiting, before?.Waiting?.Settled ?? 0);
        return new Case(before?.Start ?? front.Time - front.Oldest)
        {
            Last = front.Time,
            Waiting = front with { Count = most, Settled = most, Oldest = oldest },
            Backlog = new Backlog((past?.Looks ?? 0) + 1, inUse, constant, oldest, back.Remote),
            ServerEndpoint = front.Local,
            ClientEndpoint = front.Remote,
            ServerNetns = front.Netns,
        };
    }
}
