using Tcpwhy.Model;

namespace Tcpwhy.Pools;

/// <summary>One outgoing connection through the samples of a window.</summary>
internal sealed class PooledConnection(PoolSocket first, TimeSpan at, bool bornInWindow)
{
    // One who has waited longer for an answer than this waits for none: logs and metrics are often sent without.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(5);
    private readonly PoolSocket _first = first;
    private bool _wasBusy;

    public ulong Inode => _first.Inode;
    public TimeSpan FirstAt { get; } = at;
    public bool BornInWindow { get; } = bornInWindow;
    public TimeSpan LastAt { get; private set; } = at;

    /// <summary>The last reading while it was open.</summary>
    public PoolSocket Last { get; private set; } = first;

    /// <summary>When it was first seen closing or gone; null while it is open.</summary>
    public TimeSpan? ClosedAt { get; private set; }

    /// <summary>How long it had been idle when the peer closed it; null when the peer did not, or it was no idle connection.</summary>
    public TimeSpan? IdleWhenPeerClosed { get; private set; }

    /// <summary>When it was first seen with the peer's FIN unanswered; null when it never was.</summary>
    public TimeSpan? WaitsSince { get; private set; } = first.State == TcpState.CloseWait ? at : null;

    /// <summary>Whether data went, or an answer was due, when last seen.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>Times that it went from idle to busy.</summary>
    public int ActivePeriods { get; private set; }

    /// <summary>Readings in which it was busy.</summary>
    public int BusyReadings { get; private set; }

    /// <summary>When it was last busy; its first sight at least.</summary>
    public TimeSpan LastBusyAt { get; private set; } = at;

    /// <summary>Exchanges of the window.</summary>
    public long Exchanges => Last.Exchanges - (BornInWindow ? 0 : _first.Exchanges);

    public long Retransmits => Last.Retransmits - (BornInWindow ? 0 : _first.Retransmits);
    public long SegmentsOut => Last.DataSegmentsOut - (BornInWindow ? 0 : _first.DataSegmentsOut);

    /// <summary>Takes the first reading as one of a series.</summary>
    public void Begin(TimeSpan interval)
    {
        bool moved = BornInWindow ? Last.DataSegmentsOut + Last.DataSegmentsIn > 0 : Last.Idle < interval && Last.DataSegmentsOut > 0;
        Note(moved || Awaits(Last));
    }

    public void See(in PoolSocket now, TimeSpan at)
    {
        TimeSpan before = LastAt;
        LastAt = at;
        if (now.State == TcpState.SynSent)
            return;
        if (!now.IsOpen)
        {
            if (ClosedAt is null)
                Close(at, before, byPeer: now.State == TcpState.LastAck);
            return;
        }
        bool moved = now.BytesAcked != Last.BytesAcked || now.BytesReceived != Last.BytesReceived;
        // A FIN counts one byte received.
        if (now.State == TcpState.CloseWait && Last.State == TcpState.Established)
        {
            moved = now.DataSegmentsIn != Last.DataSegmentsIn || now.DataSegmentsOut != Last.DataSegmentsOut;
            WaitsSince = at;
            if (now.Exchanges > 0)
                IdleWhenPeerClosed = now.Idle - now.SinceHeard;
        }
        Last = now;
        Note(moved || Awaits(now));
    }

    /// <summary>It is not in the list any more.</summary>
    public void Vanish(TimeSpan at)
    {
        if (ClosedAt is null)
            // Who closes first is left with a TIME_WAIT; nothing is left here, so the peer was first.
            Close(at, LastAt, byPeer: true);
    }

    private void Close(TimeSpan at, TimeSpan before, bool byPeer)
    {
        ClosedAt = at;
        if (byPeer && WaitsSince is null && Last.Exchanges > 0 && !Awaits(Last))
            IdleWhenPeerClosed = Last.Idle + (at - before) / 2;
    }

    private void Note(bool busy)
    {
        IsBusy = busy;
        if (busy)
        {
            BusyReadings++;
            LastBusyAt = LastAt;
            if (!_wasBusy)
                ActivePeriods++;
        }
        _wasBusy = busy;
    }

    private static bool Awaits(in PoolSocket socket) => socket.State == TcpState.Established && socket.IsAwaiting && socket.SinceSent < LongestAnswer;
}
