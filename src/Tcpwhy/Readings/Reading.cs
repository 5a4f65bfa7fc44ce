using System.Net;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Tcpwhy.Tuning;

namespace Tcpwhy.Readings;

/// <summary>The host's TCP at one moment, over all network namespaces that we may enter: plain data, its lists bounded and the largest first.</summary>
public sealed record Reading
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>Time since the reading before, to which rates and differences refer; zero for a first one, which has none.</summary>
    public TimeSpan Interval { get; init; }

    /// <summary>"ebpf" or "sock_diag".</summary>
    public required string Source { get; init; }

    /// <summary>TCP sockets in every state but LISTEN.</summary>
    public required int Connections { get; init; }

    /// <summary>Sockets by state, LISTEN among them; states without a socket are absent.</summary>
    public required IReadOnlyList<StateCount> States { get; init; }

    /// <summary>Local ports with most connections; those of the range for outgoing connections count only when somebody listens there.</summary>
    public IReadOnlyList<PortCount> LocalPorts { get; init; } = [];

    /// <summary>Addresses of peers with most connections.</summary>
    public IReadOnlyList<PeerCount> Peers { get; init; } = [];

    /// <summary>Processes with most connections.</summary>
    public IReadOnlyList<ProcessCount> Processes { get; init; } = [];

    /// <summary>Containers with most connections.</summary>
    public IReadOnlyList<ContainerCount> Containers { get; init; } = [];

    /// <summary>How many sockets listen; <see cref="Listeners"/> may have fewer.</summary>
    public int ListenerCount { get; init; }

    /// <summary>Listeners, the fullest accept queue first, then by connections.</summary>
    public IReadOnlyList<ListenerReading> Listeners { get; init; } = [];

    /// <summary>Where sockets in TIME_WAIT concentrate.</summary>
    public IReadOnlyList<TimeWaitCount> TimeWaits { get; init; } = [];

    /// <summary>Local ports in use towards one destination, the fullest first.</summary>
    public IReadOnlyList<LocalPortUse> PortUses { get; init; } = [];

    /// <summary>The kernel's own counts of sockets and memory; null when /proc does not tell.</summary>
    public KernelCounts? Kernel { get; init; }

    /// <summary>How near each limit is: accept queues, local ports, conntrack, orphans, memory, TIME_WAIT, files, descriptors.</summary>
    public IReadOnlyList<Gauge> Limits { get; init; } = [];

    public IReadOnlyList<InterfaceReading> Interfaces { get; init; } = [];

    /// <summary>What the kernel's counters moved per second since the reading before; null for a first one.</summary>
    public TcpRates? Rates { get; init; }

    /// <summary>How far the kernel's counters moved since the reading before, summed over namespaces: those that moved, under nstat's names, as TcpExtListenOverflows.</summary>
    public IReadOnlyDictionary<string, long> Moved { get; init; } = new Dictionary<string, long>();

    /// <summary>Settings of our own namespace that matter here, as net.core.somaxconn; what this kernel lacks is absent.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Load averages; null when /proc does not tell.</summary>
    public LoadAverage? Load { get; init; }

    /// <summary>What the watching engine counted since the reading before; null when nothing watches.</summary>
    public TrafficReading? Traffic { get; init; }

    /// <summary>What could not be seen for want of privilege.</summary>
    public SocketsUnseen Unseen { get; init; }

    /// <summary>How many sockets are in a state.</summary>
    public int In(TcpState state)
    {
        foreach (StateCount one in States)
        {
            if (one.State == state)
                return one.Count;
        }
        return 0;
    }
}

/// <summary>Sockets in one state.</summary>
public sealed record StateCount(TcpState State, int Count);

/// <summary>Connections on one local port.</summary>
/// <param name="Established">How many of them are established.</param>
/// <param name="Process">Who listens there, where it is known.</param>
public sealed record PortCount(int Port, int Count, int Established, ProcessInfo? Process);

/// <summary>Connections with one address.</summary>
public sealed record PeerCount(IPAddress Address, int Count, int Established);

/// <summary>Connections of one process.</summary>
/// <param name="CloseWait">How many its peers have closed and it has not.</param>
public sealed record ProcessCount(ProcessInfo Process, int Count, int Established, int CloseWait);

/// <summary>Connections of one container.</summary>
/// <param name="Container">Its id, as <see cref="ProcessInfo.Container"/> has it.</param>
public sealed record ContainerCount(string Container, int Count, int Established);

/// <summary>A listener.</summary>
/// <param name="Waiting">Connections that wait for accept.</param>
/// <param name="Backlog">How many may wait.</param>
/// <param name="Drops">SYNs and handshakes that it dropped since it listens; 0 where the source does not tell.</param>
/// <param name="Connections">Connections on its port and namespace.</param>
public sealed record ListenerReading(Endpoint Local, uint Netns, ProcessInfo? Process, long Waiting, long Backlog, long Drops, int Connections)
{
    /// <summary>0 to 1, or a little more: the kernel lets one more in than the backlog says.</summary>
    public double Share => Backlog > 0 ? (double)Waiting / Backlog : 0;
}

/// <summary>Sockets in TIME_WAIT from one address: towards one destination, or, when <paramref name="Service"/> is a port of ours, on it.</summary>
/// <param name="Remote">The destination; port 0 when the peers are clients.</param>
/// <param name="Service">The local port when the peers are clients; else 0.</param>
public sealed record TimeWaitCount(uint Netns, IPAddress Local, Endpoint Remote, int Service, int Count);

/// <summary>Local ports of the range for outgoing connections that are in use from one address to one destination.</summary>
/// <param name="TimeWait">How many of them are in TIME_WAIT.</param>
/// <param name="Available">How many there are: net.ipv4.ip_local_port_range without the reserved ones.</param>
public sealed record LocalPortUse(uint Netns, IPAddress Source, Endpoint Destination, int Used, int TimeWait, int Available)
{
    public double Share => Available > 0 ? (double)Used / Available : 0;
}

/// <summary>/proc/net/sockstat. In use and TIME_WAIT are of our own namespace, the rest of the host.</summary>
/// <param name="InUse">IPv4 and IPv6, without TIME_WAIT.</param>
/// <param name="Orphans">Closed by their process and not yet by the kernel.</param>
/// <param name="MemoryPages">Pages in TCP buffers.</param>
/// <param name="MemoryPressurePages">From here on the kernel saves (the second of net.ipv4.tcp_mem); 0 when it is not known.</param>
/// <param name="MemoryLimitPages">From here on it refuses (the third); 0 when it is not known.</param>
public sealed record KernelCounts(long InUse, long Orphans, long TimeWait, long Allocated, long MemoryPages, long MemoryPressurePages, long MemoryLimitPages)
{
    /// <summary>Most sockets that may be orphans (net.ipv4.tcp_max_orphans); 0 when it is not known.</summary>
    public long OrphanLimit { get; init; }

    /// <summary>Most sockets that may be in TIME_WAIT in our namespace (net.ipv4.tcp_max_tw_buckets); 0 when it is not known.</summary>
    public long TimeWaitLimit { get; init; }
}

/// <summary>A network interface of our namespace: totals since it exists, and what moved per second since the reading before (0 for a first one).</summary>
public sealed record InterfaceReading(string Name)
{
    public long ReceivedBytes { get; init; }
    public long SentBytes { get; init; }
    public long ReceiveErrors { get; init; }
    public long ReceiveDrops { get; init; }
    public long SendErrors { get; init; }
    public long SendDrops { get; init; }
    public double ReceivedBytesPerSecond { get; init; }
    public double SentBytesPerSecond { get; init; }

    /// <summary>Errors and drops in both directions since the reading before.</summary>
    public long NewFaults { get; init; }
}

/// <summary>The kernel's TCP counters per second, summed over namespaces.</summary>
public sealed record TcpRates
{
    /// <summary>Connections opened by this host (TcpActiveOpens).</summary>
    public double Opened { get; init; }

    /// <summary>Connections accepted by this host (TcpPassiveOpens).</summary>
    public double Accepted { get; init; }

    /// <summary>Handshakes that failed (TcpAttemptFails).</summary>
    public double AttemptsFailed { get; init; }

    /// <summary>Connections that ended by a reset (TcpEstabResets); normal life has many.</summary>
    public double Reset { get; init; }

    /// <summary>Segments that carried a reset (TcpOutRsts).</summary>
    public double ResetsSent { get; init; }
    public double SegmentsIn { get; init; }
    public double SegmentsOut { get; init; }
    public double Retransmitted { get; init; }

    /// <summary>Connections given up by a timer (TcpExtTCPAbortOnTimeout).</summary>
    public double TimedOut { get; init; }

    /// <summary>SYNs that a full accept queue or SYN queue dropped (TcpExtListenDrops).</summary>
    public double ListenDrops { get; init; }

    /// <summary>Share of the segments sent that were sent again; 0 when none was sent.</summary>
    public double RetransmitShare => SegmentsOut > 0 ? Retransmitted / SegmentsOut : 0;
}

/// <summary>How many tasks ran or waited, on average over 1, 5 and 15 minutes.</summary>
public sealed record LoadAverage(double One, double Five, double Fifteen);

/// <summary>What watching saw between two readings.</summary>
/// <param name="Failed">Connections that broke; what is normal life does not count.</param>
public sealed record TrafficReading(long Opened, long ClosedNormally, long Failed, long Retransmits)
{
    /// <summary>Share of connections that failed of all that ended: 0 when none did.</summary>
    public double ErrorShare => ClosedNormally + Failed > 0 ? (double)Failed / (ClosedNormally + Failed) : 0;
}
