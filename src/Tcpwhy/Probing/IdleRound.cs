using System.Diagnostics;
using System.Net.Sockets;

namespace Tcpwhy.Probing;

/// <summary>Connections that are held idle side by side, each used after its own time, until they have told where the limit is.</summary>
internal sealed class IdleRound : IDisposable
{
    // A probe that is lost is sent again after a second.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1.6);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    // A service that is slow to accept gets them in groups.
    private const int AtOnce = 16;

    private readonly List<IdleConnection> _connections = [];
    private readonly TimeSpan _silence;

    private IdleRound(TimeSpan roundTrip) => _silence = Silence + (4 * roundTrip);

    public IReadOnlyList<IdleConnection> Connections => _connections;

    /// <summary>Those that the peer closed or reset while they were idle.</summary>
    public IEnumerable<IdleConnection> EndedAlone => _connections.Where(one => one is { Fate: IdleFate.Ended, How: IdleEnd.Fin or IdleEnd.Reset });

    /// <summary>Those that gave no answer, or a reset, when they were used.</summary>
    public IEnumerable<IdleConnection> EndedInUse => _connections.Where(one => one is { Fate: IdleFate.Ended, How: IdleEnd.ResetOnUse or IdleEnd.Silence });

    /// <summary>The longest idle time after which a connection still worked; zero for none.</summary>
    public TimeSpan Survived => _connections.Where(one => one.Fate == IdleFate.Alive).Select(one => one.Idle).DefaultIfEmpty().Max();

    /// <summary>Opens a connection for each time, and some that are only watched. Their sockets are of the calling thread's network namespace.</summary>
    public static IdleRound Open(IdleTarget target, IEnumerable<TimeSpan> uses, int watched, CancellationToken ct)
    {
        long began = Stopwatch.GetTimestamp();
        IdleConnection first = IdleConnection.OpenAsync(target, null, ct).GetAwaiter().GetResult();
        var round = new IdleRound(Stopwatch.GetElapsedTime(began));
        round._connections.Add(first);
        try
        {
            IEnumerable<TimeSpan?> times = Enumerable.Repeat<TimeSpan?>(null, watched - 1).Concat(uses.Select(use => (TimeSpan?)use));
            foreach (TimeSpan?[] group in times.Chunk(AtOnce))
            {
                Task<IdleConnection>[] opening = [.. group.Select(use => IdleConnection.OpenAsync(target, use, ct))];
                Task.WhenAny(Task.WhenAll(opening)).GetAwaiter().GetResult();
                round._connections.AddRange(opening.Where(one => one.IsCompletedSuccessfully).Select(one => one.Result));
                round.Failed += opening.Count(one => !one.IsCompletedSuccessfully);
                ct.ThrowIfCancellationRequested();
            }
            return round;
        }
        catch
        {
            round.Dispose();
            throw;
        }
    }

    /// <summary>How many more connections could not be opened.</summary>
    public int Failed { get; private set; }

    /// <summary>Watches and uses the connections until so many were found dead, the peer closed most, all are used, or it is stopped; those only watched are given up after <paramref name="longest"/>.</summary>
    public void Run(TimeSpan longest, int deadEnough, CancellationToken stop)
    {
        int ended = 0;
        long lastEnd = 0;
        while (!stop.IsCancellationRequested)
        {
            Listen();
            Advance();
            int now = EndedAlone.Count();
            if (now != ended)
                (ended, lastEnd) = (now, Stopwatch.GetTimestamp());
            if (ended > 0 && ClosedByPeer(Stopwatch.GetElapsedTime(lastEnd)))
                return;
            if (EndedInUse.Count() >= deadEnough && !_connections.Any(one => one.AwaitsAnswer && one.Idle < EndedInUse.Min(dead => dead.Idle)))
                return;
            if (!_connections.Any(one => one.Fate == IdleFate.Open && (one.UseAfter is not null || one.IdleNow < longest)))
                return;
        }
    }

    public void Dispose()
    {
        bool unreachable = EndedInUse.Any(one => one.How == IdleEnd.Silence);
        foreach (IdleConnection one in _connections)
            one.Close(abort: unreachable && one.Fate != IdleFate.Alive);
    }

    private void Advance()
    {
        foreach (IdleConnection one in _connections)
        {
            if (one.Fate != IdleFate.Open)
                continue;
            one.Settle();
            if (one.AwaitsAnswer)
                one.SeekAnswer(_silence);
            else if (one.DueIn <= TimeSpan.Zero)
                one.Use();
            if (one.Fate == IdleFate.Alive)
                one.Dispose();
        }
    }

    // Whether the peer closed all that are left, or most and then no more for a while: one alone it may have closed for another reason.
    private bool ClosedByPeer(TimeSpan sinceLast)
    {
        int closed = EndedAlone.Count(), open = _connections.Count(one => one.Fate == IdleFate.Open);
        return open == 0 || (closed > open && sinceLast > TimeSpan.FromSeconds(1) + (EndedAlone.Max(one => one.Idle) / 10));
    }

    private void Listen()
    {
        var open = new List<Socket>();
        TimeSpan wait = Step;
        foreach (IdleConnection one in _connections)
        {
            if (one.Fate != IdleFate.Open)
                continue;
            open.Add(one.Socket);
            if (one.DueIn is { } due && due < wait)
                wait = due < TimeSpan.Zero ? TimeSpan.Zero : due;
        }
        if (open.Count == 0)
            return;
        List<Socket> readable = [.. open];
        Socket.Select(readable, null, null, wait);
        foreach (IdleConnection one in _connections)
        {
            if (readable.Contains(one.Socket))
                one.Hear();
        }
    }
}
