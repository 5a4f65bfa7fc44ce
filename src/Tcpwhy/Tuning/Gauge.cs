namespace Tcpwhy.Tuning;

/// <summary>What a gauge measures.</summary>
public enum GaugeKind
{
    /// <summary>Connections that wait for accept, of one listener.</summary>
    AcceptQueue,

    /// <summary>Local ports in use from one address towards one destination.</summary>
    LocalPorts,

    /// <summary>Connections that the firewall remembers in this namespace.</summary>
    Conntrack,

    /// <summary>Sockets that their process has closed, of the host.</summary>
    Orphans,

    /// <summary>Pages in TCP buffers of the host, against the number where the kernel begins to save.</summary>
    TcpMemory,

    /// <summary>Sockets in TIME_WAIT of this namespace.</summary>
    TimeWait,

    /// <summary>Open files of the host.</summary>
    Files,

    /// <summary>Open descriptors of one process.</summary>
    Descriptors,
}

/// <summary>How much of something is used now, and where its limit is.</summary>
/// <param name="Setting">What sets the limit: a kernel setting, or RLIMIT_NOFILE.</param>
/// <param name="Subject">Whose it is: a listener, a destination, a process; empty when there is one only.</param>
public sealed record Gauge(GaugeKind Kind, string Setting, string Subject, long Used, long Limit)
{
    /// <summary>The listener's port; 0 for other kinds.</summary>
    public int Port { get; init; }

    /// <summary>How many of the used local ports are in TIME_WAIT.</summary>
    public long InTimeWait { get; init; }

    /// <summary>0 to 1, or more where the kernel allows one too many.</summary>
    public double Share => Limit > 0 ? (double)Used / Limit : 0;
}
