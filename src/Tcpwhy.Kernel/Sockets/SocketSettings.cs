namespace Tcpwhy.Kernel.Sockets;

/// <summary>What is set on each socket of a <see cref="SocketSet"/> before it connects; what is left out costs no call.</summary>
public readonly record struct SocketSettings
{
    /// <summary>TCP_NODELAY: small writes leave at once.</summary>
    public bool NoDelay { get; init; }

    /// <summary>SO_KEEPALIVE: the kernel probes an idle peer.</summary>
    public bool KeepAlive { get; init; }

    /// <summary>TCP_KEEPIDLE: seconds of idleness before the first probe; 0 leaves the host's setting.</summary>
    public int KeepAliveIdleSeconds { get; init; }

    /// <summary>TCP_KEEPINTVL: seconds between probes; 0 leaves the host's setting.</summary>
    public int KeepAliveIntervalSeconds { get; init; }

    /// <summary>TCP_KEEPCNT: probes without an answer that end a connection; 0 leaves the host's setting.</summary>
    public int KeepAliveProbes { get; init; }

    /// <summary>Whether anything is set at all.</summary>
    public bool IsEmpty => !NoDelay && !KeepAlive;
}
