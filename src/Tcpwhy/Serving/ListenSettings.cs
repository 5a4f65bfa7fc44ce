using Tcpwhy.Model;

namespace Tcpwhy.Serving;

/// <summary>What the test server does with a connection.</summary>
public enum ListenMode
{
    /// <summary>Sends back what comes (RFC 862).</summary>
    Echo,

    /// <summary>Reads and throws away (RFC 863).</summary>
    Discard,

    /// <summary>Answers every HTTP/1.1 request with 200.</summary>
    Http,

    /// <summary>Sends characters without end (RFC 864).</summary>
    Chargen,
}

/// <summary>Where the test server listens, what it serves and how it misbehaves. A "count" is of requests with HTTP, else of bytes received (with chargen, sent).</summary>
public sealed record ListenSettings
{
    /// <summary>Port 0 takes a free one.</summary>
    public required Endpoint At { get; init; }
    public ListenMode Mode { get; init; }
    public bool Tls { get; init; }

    /// <summary>Bytes of an HTTP answer's body.</summary>
    public long BodyBytes { get; init; } = 2;

    /// <summary>HTTP requests on one connection; the last answer announces the close.</summary>
    public long? MaxRequests { get; init; }

    /// <summary>How many connections may wait to be accepted; the kernel lowers it to net.core.somaxconn.</summary>
    public int? Backlog { get; init; }

    /// <summary>Pause before each accept.</summary>
    public TimeSpan? AcceptDelay { get; init; }

    /// <summary>Connections open at one time; beyond it none is accepted.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Count after which the connection is closed without an announcement.</summary>
    public long? CloseAfter { get; init; }

    /// <summary>Time without a byte in either direction after which the connection is closed.</summary>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>Age at which a connection is reset.</summary>
    public TimeSpan? ResetAfterTime { get; init; }

    /// <summary>Count at which the connection is reset instead of answered.</summary>
    public long? ResetAfterCount { get; init; }

    /// <summary>Closes when the first bytes have come, without reading them.</summary>
    public bool CloseUnread { get; init; }

    /// <summary>Never reads.</summary>
    public bool StopReading { get; init; }

    /// <summary>Share (0 to 1) of HTTP answers that are 500, of echoes that are left out.</summary>
    public double FailRate { get; init; }

    /// <summary>Pause before each answer.</summary>
    public ResponseDelay? ResponseDelay { get; init; }
}
