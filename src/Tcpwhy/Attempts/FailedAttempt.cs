using Tcpwhy.Model;

namespace Tcpwhy.Attempts;

/// <summary>What one of our own connections met when it failed, as its program saw it.</summary>
public sealed record FailedAttempt
{
    /// <summary>When the program learned of it, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Where it happened; never <see cref="AttemptStage.Resolve"/>, which has no TCP cause.</summary>
    public required AttemptStage Stage { get; init; }

    /// <summary>Our own end; port 0 when the kernel gave none. An IPv4 connection of an IPv6 socket is told as IPv4.</summary>
    public required Endpoint Local { get; init => field = Plain(value); }
    public required Endpoint Remote { get; init => field = Plain(value); }

    /// <summary>The errno of the call that failed, as 104 for ECONNRESET; 0 for no error of the kernel.</summary>
    public int Errno { get; init; }

    /// <summary>Our own patience ran out: a timeout of ours for the connect, or for the answer.</summary>
    public bool TimedOut { get; init; }

    /// <summary>The peer closed (FIN, end of stream) where an answer was due.</summary>
    public bool PeerClosed { get; init; }

    /// <summary>How long the connection had been idle before the act that failed.</summary>
    public TimeSpan SinceTraffic { get; init; }

    /// <summary>What the socket knew right after the failure (TCP_INFO), before it was closed.</summary>
    public TcpSample? Sample { get; init; }

    /// <summary>Payload that the program wrote and read on this connection.</summary>
    public long BytesSent { get; init; }
    public long BytesReceived { get; init; }

    private static Endpoint Plain(Endpoint end) => end.Address.IsIPv4MappedToIPv6 ? end with { Address = end.Address.MapToIPv4() } : end;
}
