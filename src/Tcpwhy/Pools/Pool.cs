using Tcpwhy.Model;

namespace Tcpwhy.Pools;

/// <summary>The connections of one process to one destination, in numbers, as seen from outside the process.</summary>
public sealed record Pool
{
    /// <summary>Inode of the network namespace.</summary>
    public required uint Netns { get; init; }

    /// <summary>0 when the process is not known.</summary>
    public required int Pid { get; init; }
    public required Endpoint Destination { get; init; }

    /// <summary>What was watched, from the first sample to the last.</summary>
    public required TimeSpan Window { get; init; }
    public required int Samples { get; init; }

    public required PoolSize Size { get; init; }
    public required PoolChurn Churn { get; init; }
    public required PoolUse Use { get; init; }

    /// <summary>Sockets whose peer has closed and whose process has not.</summary>
    public required PoolWaiting Waiting { get; init; }

    /// <summary>Lives of connections that opened and closed in the window, as samples bound them.</summary>
    public required Spread Lifetimes { get; init; }

    /// <summary>How long each open connection has been without data.</summary>
    public required Spread Idle { get; init; }

    /// <summary>How long each open connection has heard nothing at all, not even a keep-alive's answer.</summary>
    public required Spread Silent { get; init; }

    /// <summary>How long each had been idle when the peer closed it.</summary>
    public required IReadOnlyList<TimeSpan> IdleWhenPeerClosed { get; init; }

    /// <summary>Segments sent again in the window, and their share of those sent.</summary>
    public required long Retransmits { get; init; }
    public required double RetransmitShare { get; init; }

    /// <summary>Local ports to this destination; null when the namespace's range is not known.</summary>
    public PortUse? Ports { get; init; }

    /// <summary>The process with its name and container; null when not known.</summary>
    public ProcessInfo? Process { get; init; }

    /// <summary>What runs it, as far as it was recognised.</summary>
    public Runtimes.Runtime Runtime { get; init; }

    /// <summary>Descriptors that the process has open and may have; null when we may not look.</summary>
    public DescriptorUse? Descriptors { get; init; }

    /// <summary>What the process itself counted, by the server that its program names; empty when its runtime tells nothing.</summary>
    public IReadOnlyList<OwnCount> Own { get; init; } = [];
}

/// <summary>How many connections there were.</summary>
/// <param name="Mean">Over all samples.</param>
/// <param name="First">At the first sample.</param>
/// <param name="GrowthPerSecond">Slope of a straight line through the samples.</param>
/// <param name="GrowsThroughout">Whether it grew in each third of the window.</param>
/// <param name="AtPeak">Share of the samples in which it had its peak's size.</param>
public sealed record PoolSize(int Now, int Peak, double Mean, int First, double GrowthPerSecond, bool GrowsThroughout, double AtPeak);

/// <summary>Connections opened and closed in the window.</summary>
/// <param name="FromKernel">Whether the kernel counted them; else what samples saw, which misses short lives.</param>
/// <param name="Median">The median life by the kernel's clock; null when it counted none.</param>
public sealed record PoolChurn(long Opened, long Closed, double PerSecond, bool FromKernel, TimeSpan? Median);

/// <summary>What connections were used for.</summary>
/// <param name="Exchanges">Requests with their answers in the window, about.</param>
/// <param name="PerConnection">Such exchanges in a connection's life so far, the mean over all that there were.</param>
/// <param name="ActivePeriods">Times that a connection went from idle to busy in the window, the mean.</param>
/// <param name="IdleShare">Share of connections, over all samples, that neither moved data nor owed an answer.</param>
/// <param name="BusyPeak">The most that were busy at once.</param>
/// <param name="AwaitingShare">Share of connections, over all samples, that an answer was due on at that very moment.</param>
/// <param name="Unused">Open connections that were there all the time and never busy.</param>
/// <param name="Abandoned">Share of the connections opened in the window, and not just now, that never were busy again.</param>
/// <param name="Asked">Requests that the process had itself to answer at once: the median over the samples.</param>
public sealed record PoolUse(long Exchanges, double PerConnection, double ActivePeriods, double IdleShare, int BusyPeak, double AwaitingShare, int Unused, double Abandoned, int Asked);

/// <summary>Sockets in CLOSE_WAIT.</summary>
/// <param name="Share">Of all that are open.</param>
/// <param name="Growth">How many more at the last sample than at the first.</param>
public sealed record PoolWaiting(int Count, double Share, int Growth, Spread Age);

/// <summary>Local ports in use from one address to one destination, by any process, those in TIME_WAIT too.</summary>
/// <param name="ExhaustedIn">At the rate of the window; null when it does not come to that.</param>
public sealed record PortUse(int Used, int Range, TimeSpan? ExhaustedIn);

/// <summary>Descriptors of a process.</summary>
/// <param name="Limit">Its soft limit (RLIMIT_NOFILE).</param>
public sealed record DescriptorUse(long Open, long Limit);
