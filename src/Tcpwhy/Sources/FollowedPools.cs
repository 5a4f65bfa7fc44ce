using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Follows, from look to look, the connections of processes that wait for late answers, and tells of those destinations to which none is free.</summary>
internal sealed class FollowedPools
{
    /// <summary>Connections of one process that are told: who has more has no pool that is short.</summary>
    private const int Room = 256;

    /// <summary>So many places are for those that were not followed before.</summary>
    private const int Turns = Followed.Most / 4;

    /// <summary>So many looks, of two seconds, a process with more is left alone.</summary>
    private const int Rest = 30;

    /// <summary>From an answer that comes in to the one that it makes go out.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<int, Dictionary<ulong, FollowedSocket>> _look = [];
    private readonly Dictionary<int, uint> _lastFollowed = [];
    private readonly Dictionary<int, uint> _tooMany = [];
    private readonly HashSet<(int Pid, Endpoint Remote)> _told = [], _paused = [];
    private Dictionary<int, Dictionary<ulong, FollowedSocket>> _before = [];
    private int[] _chosen = [];
    private uint _number;

    /// <summary>What the next look is to tell.</summary>
    public Followed Next()
    {
        _look.Clear();
        return Followed.Of(++_number, _chosen, Room);
    }

    /// <summary>Takes in a connection; processes that share one each show it.</summary>
    public void Add(FollowedSocket socket)
    {
        if (!_look.TryGetValue(socket.Process.Pid, out Dictionary<ulong, FollowedSocket>? sockets))
            _look[socket.Process.Pid] = sockets = [];
        sockets.TryAdd(socket.Socket, socket);
    }

    /// <summary>The destinations to which no connection of a process was free, and twice more those where one is again.</summary>
    public IEnumerable<PoolLooked> Told(DateTimeOffset now)
    {
        List<PoolLooked> told = [];
        HashSet<(int Pid, Endpoint Remote)> full = [], paused = [];
        foreach ((int pid, Dictionary<ulong, FollowedSocket> sockets) in _look)
        {
            if (sockets.Count >= Room)
            {
                _tooMany[pid] = _number;
                continue;
            }
            foreach (IGrouping<Endpoint, FollowedSocket> pool in sockets.Values.Where(socket => socket.IsOpened).GroupBy(socket => socket.Remote))
            {
                PoolLooked seen = Seen(now, [.. pool], sockets, _before.GetValueOrDefault(pid));
                var key = (pid, pool.Key);
                bool isFull = IsFull(seen);
                if (isFull)
                    full.Add(key);
                else if (_told.Contains(key))
                    paused.Add(key);
                if (isFull || _told.Contains(key) || _paused.Contains(key))
                    told.Add(seen);
            }
        }
        _told.Clear();
        _told.UnionWith(full);
        _paused.Clear();
        _paused.UnionWith(paused);
        _before = new(_look);
        return told;
    }

    /// <summary>Chooses whom to follow in the next look, of those that the last one noted in a map as waiting for late answers.</summary>
    public void Choose(int waiters)
    {
        List<int> late = [];
        BpfMap.ForEach<uint, Waiter>(waiters, 256, (pid, waiter) =>
        {
            if (waiter.look == _number && waiter.late < Room)
                late.Add((int)pid);
        });
        Choose(late);
    }

    /// <summary>Chooses those that have no connection free, and then those with <paramref name="late"/> answers that were not looked at for longest.</summary>
    public void Choose(IEnumerable<int> late)
    {
        // A host full of servers that hang would leave nobody else a place.
        IEnumerable<int> followed = _told.Concat(_paused).Select(pool => pool.Pid).Distinct().Take(Followed.Most - Turns);
        IEnumerable<int> turns = late.Where(pid => !(_tooMany.TryGetValue(pid, out uint when) && _number - when < Rest)).OrderBy(pid => _lastFollowed.GetValueOrDefault(pid));
        _chosen = [.. followed.Concat(turns).Distinct().Take(Followed.Most)];
        if (_lastFollowed.Count >= 1_000)
            _lastFollowed.Clear(); // a bound; the turns begin anew
        if (_tooMany.Count >= 1_000)
            _tooMany.Clear(); // a bound, as above
        foreach (int pid in _chosen)
            _lastFollowed[pid] = _number;
    }

    /// <summary>A connection that changes hands at the moment of the look is free for a millisecond: one in ten may be.</summary>
    private static bool IsFull(PoolLooked seen) => seen.Busy > 0 && seen.Busy * 10 >= seen.Connections * 9;

    private static PoolLooked Seen(DateTimeOffset now, FollowedSocket[] pool, Dictionary<ulong, FollowedSocket> all, Dictionary<ulong, FollowedSocket>? before)
    {
        FollowedSocket[] busy = [.. pool.Where(socket => socket.IsDue)], owed = [.. all.Values.Where(socket => socket is { IsOpened: false, IsDue: true })];
        TimeSpan[] pauses = [.. busy.Select(socket => socket.Pause).OfType<TimeSpan>().Order()];
        Endpoint remote = pool[0].Remote;
        FollowedSocket[] released = before is null ? [] : [.. before.Values.Where(old => old is { IsOpened: false, IsDue: true } && !IsStillOwed(old, all))];
        // Of a connection that took the place of another nothing was heard, but its request left when that was done.
        (DateTimeOffset At, bool Heard)[] answers = before is null ? [] : [.. busy
            .Select(socket => before.TryGetValue(socket.Socket, out FollowedSocket old) ? (At: socket.Heard > old.Time ? socket.Heard : null, Heard: true) : (At: socket.Said, Heard: false))
            .Where(answer => answer.At is not null).Select(answer => (answer.At!.Value, answer.Heard))];
        return new PoolLooked
        {
            Time = now,
            Netns = pool[0].Netns,
            Process = pool[0].Process,
            Local = pool[0].Local with { Port = 0 },
            Remote = remote,
            Connections = pool.Length,
            Busy = busy.Length,
            Opened = before is null ? 0 : pool.Count(socket => !before.ContainsKey(socket.Socket)),
            Closed = before?.Values.Count(old => old.IsOpened && old.Remote == remote && !all.ContainsKey(old.Socket)) ?? 0,
            Requests = before is null ? 0 : pool.Sum(socket => (long)socket.DataSegmentsOut - (before.TryGetValue(socket.Socket, out FollowedSocket old) ? old.DataSegmentsOut : 0)),
            Longest = busy.Select(socket => socket.Waited).DefaultIfEmpty().Max(),
            Pause = pauses.Length > 0 && pauses[pauses.Length / 2] is { Ticks: > 0 } pause ? pause : TimeSpan.Zero,
            Threads = [.. busy.Select(socket => socket.Thread).Where(thread => thread != 0).Distinct().Order()],
            AtServers = all.Values.Count(socket => socket is { IsOpened: true, IsDue: true }),
            Owed = owed.Length,
            Unread = owed.Count(socket => socket.IsUnread),
            Left = owed.Count(socket => socket.IsLeft),
            Oldest = owed.Select(socket => socket.Waited).DefaultIfEmpty().Max(),
            Released = released.Length,
            Gone = released.Count(old => !all.ContainsKey(old.Socket)),
            Answered = answers.Length,
            PassedOn = answers.Count(answer => all.Values.Any(socket => !socket.IsOpened && IsPassedOn(answer, socket.Said))),
        };
    }

    /// <summary>The kernel's clock of both ticks every few milliseconds.</summary>
    private static bool IsPassedOn((DateTimeOffset At, bool Heard) answer, DateTimeOffset? said) =>
        said - answer.At is { } later && later > (answer.Heard ? -AtOnce / 10 : -AtOnce) && later <= AtOnce;

    /// <summary>What is owed is told in each look, until something was sent.</summary>
    private static bool IsStillOwed(FollowedSocket old, Dictionary<ulong, FollowedSocket> all) =>
        all.TryGetValue(old.Socket, out FollowedSocket now) && now.DataSegmentsOut == old.DataSegmentsOut;
}
