using Tcpwhy.Attempts;
using Tcpwhy.Model;

namespace Tcpwhy.Probing;

/// <summary>How an attempt ended.</summary>
public enum AttemptOutcome
{
    Ok,
    Refused,
    Reset,

    /// <summary>The kernel has no way to the address, or a router said so.</summary>
    Unreachable,

    /// <summary>No handshake of TCP within the connect timeout, or the kernel's own.</summary>
    Timeout,

    /// <summary>Connected, and what was asked was not answered in time.</summary>
    NoAnswer,

    /// <summary>The peer closed before what was asked was answered in full.</summary>
    Closed,
    TlsAlert,

    /// <summary>What came is no TLS.</summary>
    NotTls,

    /// <summary>TLS failed on this side.</summary>
    TlsFailed,

    /// <summary>What came is no HTTP/1.</summary>
    NotHttp,

    /// <summary>The answer to a plain request was a record of TLS.</summary>
    WantsTls,

    /// <summary>Another error, as EADDRNOTAVAIL: see the errno.</summary>
    Error,
}

/// <summary>One connection of a probe: how long its stages took, how it ended, and what the kernel knew of it then.</summary>
public sealed record Attempt
{
    public required DateTimeOffset Time { get; init; }
    public required Endpoint Remote { get; init; }

    /// <summary>Port 0 when the kernel gave none.</summary>
    public Endpoint Local { get; init; } = Endpoint.None;
    public required AttemptOutcome Outcome { get; init; }

    /// <summary>The stage at which it failed, or the last.</summary>
    public AttemptStage Stage { get; init; } = AttemptStage.Connect;

    /// <summary>The kernel's error, or 0.</summary>
    public int Errno { get; init; }

    /// <summary>What the peer said instead of what was due, or a library's words: data from outside.</summary>
    public string? Detail { get; init; }

    /// <summary>SYN to established; null when it never was.</summary>
    public TimeSpan? Connect { get; init; }

    /// <summary>ClientHello to the handshake's end.</summary>
    public TimeSpan? Tls { get; init; }

    /// <summary>Request to the answer's first byte; without a request, established to the banner's.</summary>
    public TimeSpan? FirstByte { get; init; }

    /// <summary>The patience or the error that ended it, when it failed.</summary>
    public FailedAttempt? Failure { get; init; }
    public AcceptedOptions? Options { get; init; }
    public SocketReading? Socket { get; init; }
    public TlsSession? Session { get; init; }

    /// <summary>Status of the HTTP answer, as 503, or null.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The id of the cause, when it failed for one of TCP's.</summary>
    public string? Cause { get; init; }

    public bool IsOk => Outcome == AttemptOutcome.Ok;

    /// <summary>From the SYN to the last stage that was asked for; null when it failed.</summary>
    public TimeSpan? Total => IsOk ? Connect.GetValueOrDefault() + Tls.GetValueOrDefault() + (HttpStatus is null ? TimeSpan.Zero : FirstByte.GetValueOrDefault()) : null;
}
