namespace Tcpwhy.Serving;

/// <summary>Who ended a connection, and how.</summary>
public enum ConnectionEnding
{
    PeerFin,
    OurFin,
    OurReset,
    PeerReset,

    /// <summary>The kernel gave up: timed out, or unreachable.</summary>
    Lost,
}

/// <summary>What the server has done so far; any thread may count and read.</summary>
public sealed class ListenCounters
{
    private readonly long[] _endings = new long[Enum.GetValues<ConnectionEnding>().Length];
    private readonly long[] _misdeeds = new long[Enum.GetValues<Misbehaviour>().Length];
    private long _accepted;
    private long _active;
    private long _peak;
    private long _requests;
    private long _refused;
    private long _handshakes;
    private long _noDescriptor;
    private long _received;
    private long _sent;

    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections open now.</summary>
    public long Active => Volatile.Read(ref _active);

    /// <summary>The most that were open at one time.</summary>
    public long ActivePeak => Volatile.Read(ref _peak);

    /// <summary>Requests understood; of echo and discard, reads.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Requests that were no HTTP, or more than this server knows of it.</summary>
    public long BadRequests => Volatile.Read(ref _refused);

    /// <summary>TLS handshakes that failed.</summary>
    public long FailedHandshakes => Volatile.Read(ref _handshakes);

    /// <summary>Times that accept failed for want of a descriptor.</summary>
    public long OutOfDescriptors => Volatile.Read(ref _noDescriptor);

    /// <summary>Bytes of the application, without TLS's own.</summary>
    public long BytesReceived => Volatile.Read(ref _received);

    /// <summary>Bytes of the application, without TLS's own.</summary>
    public long BytesSent => Volatile.Read(ref _sent);

    public long Endings(ConnectionEnding how) => Volatile.Read(ref _endings[(int)how]);

    /// <summary>How often a misbehaviour that was asked for has acted.</summary>
    public long Misdeeds(Misbehaviour kind) => Volatile.Read(ref _misdeeds[(int)kind]);

    // Only the acceptor raises the number that are open, so the peak is its alone.
    internal void Accept()
    {
        Interlocked.Increment(ref _accepted);
        _peak = Math.Max(_peak, Interlocked.Increment(ref _active));
    }

    internal void End(ConnectionEnding how)
    {
        Interlocked.Decrement(ref _active);
        Interlocked.Increment(ref _endings[(int)how]);
    }

    internal void Request() => Interlocked.Increment(ref _requests);

    internal void BadRequest() => Interlocked.Increment(ref _refused);

    internal void FailedHandshake() => Interlocked.Increment(ref _handshakes);

    internal void NoDescriptor() => Interlocked.Increment(ref _noDescriptor);

    internal void Receive(int bytes) => Interlocked.Add(ref _received, bytes);

    internal void Send(int bytes) => Interlocked.Add(ref _sent, bytes);

    internal void Misbehave(Misbehaviour kind) => Interlocked.Increment(ref _misdeeds[(int)kind]);
}
