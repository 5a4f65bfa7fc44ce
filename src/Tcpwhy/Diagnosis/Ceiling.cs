using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>A time in which a process had all its connections to one destination in use, used each again at once, and never had more of them.</summary>
public sealed class Ceiling
{
    /// <summary>Fewer looks, or a shorter time, is a burst.</summary>
    private const int LeastLooks = 4;
    private static readonly TimeSpan LeastSpan = TimeSpan.FromSeconds(5);

    private readonly PoolLooked _first;
    private readonly List<int> _waiting = [];
    private readonly List<TimeSpan> _pauses = [];
    private readonly Dictionary<int, (DateTimeOffset First, DateTimeOffset Last)> _threads = [];
    private int _lapses;
    private long _gone;
    private bool _lapsed;

    /// <param name="first">A look that found all in use.</param>
    internal Ceiling(PoolLooked first)
    {
        _first = Last = first;
        Add(first, first with { Requests = 0, Released = 0, Gone = 0, Opened = 0, Answered = 0, PassedOn = 0 });
    }

    /// <summary>The last look.</summary>
    public PoolLooked Last { get; private set; }
    public int Looks => _waiting.Count;
    public TimeSpan Span => Last.Time - _first.Time;
    public int Connections => _first.Connections;

    /// <summary>Segments with requests meanwhile.</summary>
    public long Requests { get; private set; }

    /// <summary>Connections that took the place of another.</summary>
    public int Renewed { get; private set; }

    /// <summary>The longest that a request had been at the server.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>The longest that a caller had waited for the process.</summary>
    public TimeSpan Oldest { get; private set; }

    /// <summary>Callers that were answered, or left, meanwhile.</summary>
    public long Released { get; private set; }

    /// <summary>Answers of the server that were looked at, and how many of them made an answer to a caller leave at once.</summary>
    public long Answered { get; private set; }
    public long PassedOn { get; private set; }

    /// <summary>Callers that left unanswered.</summary>
    public int Left { get; internal set; }

    /// <summary>Requests of callers that the process had read and were at no server: in half of the looks so many or more.</summary>
    public int Waiting => Median(_waiting);

    /// <summary>From an answer to the next request on the same connection.</summary>
    public TimeSpan Pause => Median(_pauses);

    /// <summary>Threads that each waited for answers again and again: longer than for one.</summary>
    public int Threads => _threads.Values.Count(seen => seen.Last - seen.First > Longest);

    /// <summary>Whether it lasted, and requests went to and fro.</summary>
    private bool Lasted => Looks >= LeastLooks && Span >= LeastSpan && _lapses * 4 <= Looks && Requests >= Connections && Pause.Ticks * 4 <= Longest.Ticks;

    /// <summary>Whether callers were answered when the server had answered; not each time, where a request of theirs needs several of it.</summary>
    public bool PassesOn => PassedOn >= 2 && PassedOn * 10 >= Answered;

    /// <summary>Whether callers waited for the process while it waited for a connection, and longer than the server took.</summary>
    /// <remarks>One connection may carry many requests at once, unless threads take turns on it. Callers that are answered more often than the server answers, or at other times, wait for something else.</remarks>
    public bool MadeCallersWait =>
        Lasted && Waiting > 0 && _waiting.Count(waiting => waiting > 0) * 4 >= Looks * 3 && Oldest > Longest && Released > 0
        && (Connections > 1 || _threads.Count > 1)
        && (PassesOn || _gone * 2 > Released)
        && (Renewed > 0 || (Released - Left) * 2 <= Requests * 3 + 2 * Connections);

    /// <summary>Whether more threads than connections took turns on them, in a program that nobody calls.</summary>
    public bool MadeThreadsWait => Lasted && Last.Owed == 0 && _first.Owed == 0 && Threads > Connections;

    /// <summary>Takes in the next look; false when the time is over.</summary>
    internal bool Observe(PoolLooked next)
    {
        bool lapsed = next.Busy * 10 < next.Connections * 9;
        if (next.Connections != Connections || next.Opened != next.Closed || lapsed && (_lapsed || next.Busy * 2 < next.Connections))
            return false;
        (_lapsed, _lapses) = (lapsed, _lapses + (lapsed ? 1 : 0));
        Add(next, next);
        return true;
    }

    private void Add(PoolLooked look, PoolLooked since)
    {
        Last = look;
        _waiting.Add(Math.Max(look.Owed - look.Unread - look.AtServers, 0));
        _pauses.Add(look.Pause);
        Requests += since.Requests;
        Released += since.Released;
        _gone += since.Gone;
        Answered += since.Answered;
        PassedOn += since.PassedOn;
        Renewed += since.Opened;
        Longest = look.Longest > Longest ? look.Longest : Longest;
        Oldest = look.Oldest > Oldest ? look.Oldest : Oldest;
        foreach (int thread in look.Threads)
            _threads[thread] = (_threads.TryGetValue(thread, out var seen) ? seen.First : look.Time, look.Time);
    }

    private static T Median<T>(List<T> values) => values.Order().ElementAt(values.Count / 2);
}
