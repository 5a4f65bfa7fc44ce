namespace Tcpwhy.Model;

/// <summary>How a socket's data moves and what holds it up, summed over its life: the kernel's tcp_sock, translated once.</summary>
public sealed record Transfer
{
    /// <summary>How long it had data to send or in flight.</summary>
    public TimeSpan Busy { get; init; }

    /// <summary>Of that, how long the peer's window held it up.</summary>
    public TimeSpan LimitedByWindow { get; init; }

    /// <summary>Of that, how long its own send buffer held it up.</summary>
    public TimeSpan LimitedBySendBuffer { get; init; }

    /// <summary>The peer's window is closed, and probed from time to time.</summary>
    public bool ProbesWindow { get; init; }
    public long BytesRetransmitted { get; init; }

    /// <summary>Segments that the peer says arrived twice (DSACK): sent again for nothing.</summary>
    public int Spurious { get; init; }

    /// <summary>Retransmits since the watch began, after duplicate acknowledgements.</summary>
    public int Fast { get; init; }

    /// <summary>Retransmits since the watch began, after a timeout.</summary>
    public int AfterTimeout { get; init; }

    /// <summary>Repetitions of the last segment, when its acknowledgement was late (tail-loss probes), since the watch began.</summary>
    public int TailProbes { get; init; }
    public int ReceiveBufferBytes { get; init; }

    /// <summary>The program set SO_RCVBUF, so that the kernel does not tune the buffer.</summary>
    public bool ReceiveBufferFixed { get; init; }

    /// <summary>Of the receive buffer, with the kernel's own overhead, what is in use.</summary>
    public int ReceiveBufferUsedBytes { get; init; }
    public int SendBufferBytes { get; init; }

    /// <summary>The program set SO_SNDBUF.</summary>
    public bool SendBufferFixed { get; init; }

    /// <summary>It is as large as net.ipv4.tcp_wmem lets the kernel make it.</summary>
    public bool SendBufferLargest { get; init; }

    /// <summary>The program waits for room to write more, and what it wrote does not wait for the congestion window.</summary>
    public bool SendBufferShort { get; init; }

    /// <summary>The widest window that the peer ever offered.</summary>
    public int WidestWindowBytes { get; init; }

    /// <summary>The window that this end offers now.</summary>
    public int OfferedWindowBytes { get; init; }
}
