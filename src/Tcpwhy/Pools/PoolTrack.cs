using Tcpwhy.Model;

namespace Tcpwhy.Pools;

/// <summary>A pool while it is observed: its connections, those that are gone, and what each sample counted.</summary>
internal sealed class PoolTrack(PoolKey key)
{
    public PoolKey Key => key;
    public List<PooledConnection> Open { get; } = [];
    public List<PooledConnection> Closed { get; } = [];
    public List<PoolMoment> Moments { get; } = [];

    /// <summary>Connections that were opened and gone between two samples, as far as they left a trace.</summary>
    public long Unseen { get; set; }

    /// <summary>The longest that one of them can have lived: as long as the longest time between two samples.</summary>
    public TimeSpan LongestUnseen { get; set; }

    /// <summary>Connections closed in the window, by the kernel's own count; null when the kernel was not asked.</summary>
    public long? ClosedInKernel { get; set; }

    /// <summary>The median life of those, by the kernel's own clock.</summary>
    public TimeSpan? MedianLifetime { get; set; }

    public int Connecting { get; set; }

    /// <summary>Moves connections that were seen closing to the closed, and counts what is left.</summary>
    public void Settle(TimeSpan at, int asked, int ports)
    {
        Closed.AddRange(Open.Where(one => one.ClosedAt is not null));
        Open.RemoveAll(one => one.ClosedAt is not null);
        int waiting = 0, busy = 0, awaiting = 0;
        foreach (PooledConnection one in Open)
        {
            waiting += one.Last.State == TcpState.CloseWait ? 1 : 0;
            busy += one.IsBusy ? 1 : 0;
            awaiting += one.Last.State == TcpState.Established && one.Last.IsAwaiting ? 1 : 0;
        }
        Moments.Add(new PoolMoment(at, Open.Count - waiting, waiting, busy, awaiting, asked, ports));
    }
}

/// <summary>A process and a destination. Pid 0: the process is not known.</summary>
internal readonly record struct PoolKey(uint Netns, int Pid, UInt128 Remote, int Port)
{
    public Destination Destination => new(Netns, Remote, Port);
}

/// <summary>What a namespace connects to.</summary>
internal readonly record struct Destination(uint Netns, UInt128 Remote, int Port);
