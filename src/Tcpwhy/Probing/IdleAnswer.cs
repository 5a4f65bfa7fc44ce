using Tcpwhy.Model;

namespace Tcpwhy.Probing;

/// <summary>Who ends idle connections.</summary>
public enum IdleEnder
{
    /// <summary>The program at the other end of the connection: the service, or a proxy in front of it.</summary>
    Peer,

    /// <summary>A firewall, NAT or balancer that tracks the connection between the ends.</summary>
    Path,

    /// <summary>The peer's kernel or something on the path: a reset does not tell.</summary>
    Unknown,
}

/// <summary>The limit that was found.</summary>
/// <param name="Timeout">How long a connection may be idle.</param>
/// <param name="Spread">Between the shortest and the longest that was measured, or between survived and dead.</param>
/// <param name="How">What was seen of the end.</param>
/// <param name="Connections">How many showed it.</param>
/// <param name="Farewell">What the peer said when it closed, or null.</param>
public sealed record IdleLimit(TimeSpan Timeout, TimeSpan Spread, IdleEnd How, int Connections, string? Farewell)
{
    public IdleEnder By => How switch
    {
        IdleEnd.Fin => IdleEnder.Peer,
        IdleEnd.Silence => IdleEnder.Path,
        _ => IdleEnder.Unknown,
    };
}

/// <summary>A default or a setting whose value is the limit that was found: a hypothesis, no proof.</summary>
/// <param name="What">The product, or what the setting of this host is for.</param>
/// <param name="Setting">What changes it, or null when nothing does.</param>
/// <param name="Source">The page or file that says so.</param>
/// <param name="Here">Whether it was read on this host, not taken from a table.</param>
/// <param name="Namespace">The network namespace in which it was read; null for our own.</param>
public sealed record IdleFit(string What, string? Setting, TimeSpan Timeout, string Source, bool Here, string? Namespace = null);

/// <summary>What leaving connections idle has shown.</summary>
public sealed record IdleAnswer
{
    /// <summary>Null when no limit was found.</summary>
    public IdleLimit? Limit { get; init; }

    /// <summary>The longest idle time after which a connection still worked.</summary>
    public TimeSpan Survived { get; init; }

    /// <summary>The shortest after which one was dead, when the search was stopped before it was settled.</summary>
    public TimeSpan? Ended { get; init; }

    /// <summary>Whether a request was completed before the idle time; else it began with the handshake.</summary>
    public bool AfterRequest { get; init; }

    /// <summary>Whether the service ends each connection with its reply, so that none is ever idle.</summary>
    public bool ClosesAfterReply { get; init; }

    /// <summary>Whether the search was ended before it was done.</summary>
    public bool Interrupted { get; init; }

    /// <summary>Whether no new connection came about when the old ones had died: not idleness, then, but the target or the path is gone.</summary>
    public bool TargetGone { get; init; }

    /// <summary>Connections opened.</summary>
    public int Opened { get; init; }

    /// <summary>Further connections that could not be opened.</summary>
    public int Failed { get; init; }

    /// <summary>After how many requests the service ended a connection, or null when it did not.</summary>
    public int? RequestsPerConnection { get; init; }

    /// <summary>How many requests were made on one connection to learn that.</summary>
    public int RequestsTried { get; init; }

    /// <summary>What the service's Keep-Alive field promises, or null.</summary>
    public TimeSpan? AnnouncedIdle { get; init; }

    public IReadOnlyList<IdleFit> Fits { get; init; } = [];

    /// <summary>The process at the other end, when it is on this host.</summary>
    public ProcessInfo? Process { get; init; }
}
