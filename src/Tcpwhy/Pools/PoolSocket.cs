using Tcpwhy.Model;

namespace Tcpwhy.Pools;

/// <summary>One TCP socket as one sample found it. Addresses are numbers, IPv4 as ::ffff:a.b.c.d.</summary>
public readonly record struct PoolSocket
{
    public required ConnectionEnds Ends { get; init; }
    public required TcpState State { get; init; }

    /// <summary>The N of socket:[N]; 0 when no process holds it any more.</summary>
    public ulong Inode { get; init; }

    /// <summary>The process that holds it; 0 when none does, or when we may not know.</summary>
    public int Pid { get; init; }

    /// <summary>Whether the filter takes it. What it does not take still tells who listens and who waits.</summary>
    public bool Chosen { get; init; }

    public ulong BytesAcked { get; init; }
    public ulong BytesReceived { get; init; }

    /// <summary>Segments with data that were sent, in the life of the connection.</summary>
    public uint DataSegmentsOut { get; init; }

    /// <summary>Segments with data that arrived, in the life of the connection.</summary>
    public uint DataSegmentsIn { get; init; }
    public uint Retransmits { get; init; }

    /// <summary>Segments sent and not acknowledged.</summary>
    public uint Unacknowledged { get; init; }

    /// <summary>Since data was last sent; before any was, since the connection opened.</summary>
    public TimeSpan SinceSent { get; init; }

    /// <summary>Since data last arrived; meaningless while <see cref="DataSegmentsIn"/> is 0.</summary>
    public TimeSpan SinceReceived { get; init; }

    /// <summary>Since anything arrived, a keep-alive's answer or a FIN too.</summary>
    public TimeSpan SinceHeard { get; init; }

    /// <summary>Since data last went either way.</summary>
    public TimeSpan Idle => DataSegmentsIn == 0 || SinceSent < SinceReceived ? SinceSent : SinceReceived;

    /// <summary>Whether we spoke last: the peer owes an answer.</summary>
    public bool IsAwaiting => DataSegmentsOut > 0 && (DataSegmentsIn == 0 || SinceSent < SinceReceived || (SinceSent == SinceReceived && IsAskedAtOnce));

    /// <summary>Whether the peer spoke last: a server that has a request to answer.</summary>
    public bool IsAsked => DataSegmentsIn > 0 && (DataSegmentsOut == 0 || SinceReceived < SinceSent || (SinceSent == SinceReceived && DataSegmentsIn > DataSegmentsOut));

    /// <summary>Requests and their answers so far, about: a short message is one segment, so the rarer direction counts them.</summary>
    public long Exchanges => Math.Min(DataSegmentsOut, DataSegmentsIn);

    // Both in one tick of the kernel's clock (4 ms): an answer that came at once, or a request that followed one at once,
    // which is what a pool with callers waiting does. The request is unacknowledged, or its acknowledgement came later.
    private bool IsAskedAtOnce => Unacknowledged > 0 || SinceHeard < SinceReceived || DataSegmentsOut > DataSegmentsIn;

    /// <summary>Whether a process can still use it, or has yet to close it.</summary>
    public bool IsOpen => State is TcpState.Established or TcpState.CloseWait;
}

/// <summary>What tells a connection's end from every other of its time.</summary>
public readonly record struct ConnectionEnds(uint Netns, UInt128 Local, int LocalPort, UInt128 Remote, int RemotePort);
