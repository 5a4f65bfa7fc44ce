namespace Tcpwhy.Model;

/// <summary>Which end called connect.</summary>
public enum Opener
{
    /// <summary>The connection is older than the recording.</summary>
    Unknown,
    Local,
    Remote,
}

/// <summary>What a socket knew at one moment: the kernel's tcp_sock, translated once. Times are before that moment; null means never or not known.</summary>
public sealed record TcpSample
{
    /// <summary>Over a way whose shortest round trip takes less, a small buffer or window is soon free again.</summary>
    public const int LongWayMicroseconds = 5_000;

    public Opener Opener { get; init; }
    public TimeSpan? Age { get; init; }
    public TimeSpan? SinceFinSent { get; init; }
    public TimeSpan? SinceFinReceived { get; init; }
    public TimeSpan? LastDataSent { get; init; }
    public TimeSpan? LastDataReceived { get; init; }
    public TimeSpan? LastAckReceived { get; init; }
    public long BytesSent { get; init; }

    /// <summary>Bytes that the peer acknowledged; the SYN counts one.</summary>
    public long BytesAcked { get; init; }
    public long BytesReceived { get; init; }
    public int SegmentsOut { get; init; }
    public int SegmentsIn { get; init; }
    public int DataSegmentsOut { get; init; }
    public int DataSegmentsIn { get; init; }

    /// <summary>Bytes sent and not acknowledged.</summary>
    public int UnackedBytes { get; init; }

    /// <summary>Bytes that the process wrote and the kernel did not send yet.</summary>
    public int UnsentBytes { get; init; }

    /// <summary>Bytes received in order and not read by the process.</summary>
    public int UnreadBytes { get; init; }
    public int RetransmitsTotal { get; init; }

    /// <summary>Retransmits in a row of the segment in flight.</summary>
    public int RetransmitsInARow { get; init; }

    /// <summary>Keep-alive or zero-window probes without an answer.</summary>
    public int ProbesUnanswered { get; init; }
    public int Backoff { get; init; }
    public int RttMicroseconds { get; init; }
    public int MinRttMicroseconds { get; init; }
    public int RetransmitTimeoutMicroseconds { get; init; }
    public int CongestionWindowSegments { get; init; }
    public int SendWindowBytes { get; init; }
    public int ReceiveWindowBytes { get; init; }
    public int MssBytes { get; init; }
    public int PathMtuBytes { get; init; }
    public int SegmentsInFlight { get; init; }
    public bool KeepAlive { get; init; }
    public int KeepAliveIdleSeconds { get; init; }
    public int KeepAliveIntervalSeconds { get; init; }
    public int KeepAliveProbes { get; init; }
    public int UserTimeoutMilliseconds { get; init; }

    /// <summary>When a reset came, a thread of the owner waited in recv or poll for more than it had read; of event loops it is not known.</summary>
    public bool Reading { get; init; }

    /// <summary>The owner has closed the socket; the kernel finishes alone.</summary>
    public bool Orphaned { get; init; }

    /// <summary>SO_LINGER is set with a time of 0: close aborts.</summary>
    public bool LingerZero { get; init; }

    /// <summary>The SYN carried data (TCP Fast Open).</summary>
    public bool SynData { get; init; }

    /// <summary>Errno of an ICMP error that did not end the connection, or 0.</summary>
    public int SoftError { get; init; }
    /// <summary>Its process called connect, and accepts connections itself: a proxy, or a service that calls another.</summary>
    public bool Relay { get; init; }

    /// <summary>What this end said first, and what it heard first; known only where payload is looked at.</summary>
    public FirstWords Said { get; init; }
    public FirstWords Heard { get; init; }

    /// <summary>Code of the TLS alert that this end sent, or got, or 0; 255 for one that was enciphered.</summary>
    public int AlertSaid { get; init; }
    public int AlertHeard { get; init; }

    /// <summary>What others were heard to speak on this service's port.</summary>
    public PortSpeech PortSpeaks { get; init; }

    /// <summary>It belongs to an MPTCP connection, which it joined beside the first subflow, and which is open.</summary>
    public bool Multipath { get; init; }
    public bool Subflow { get; init; }
    public bool MultipathOpen { get; init; }
    public int Uid { get; init; }
    public ulong Cgroup { get; init; }
}
