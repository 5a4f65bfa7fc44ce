using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>One end of a broken connection, as its own kernel saw it: everything that happened to one socket.</summary>
public sealed class ConnectionEnd
{
    /// <summary>A lossy connection may repeat itself for days: its first event and the latest are kept.</summary>
    private const int MostEvents = 100;

    private readonly List<SocketEvent> _events = [];

    public ConnectionEnd(SocketEvent first)
    {
        Socket = first.Socket;
        Netns = first.Netns;
        Local = first.Local;
        Remote = first.Remote;
    }

    public ulong Socket { get; }
    public uint Netns { get; }
    public Endpoint Local { get; }
    public Endpoint Remote { get; }

    /// <summary>What happened to it, in order.</summary>
    public IReadOnlyList<SocketEvent> Events => _events;

    /// <summary>The owner, as far as it is known.</summary>
    public ProcessInfo? Process { get; private set; }

    /// <summary>The transition to CLOSED, or the FIN that a dying process left.</summary>
    public StateChanged? Death { get; private set; }

    /// <summary>The reset that this end sent.</summary>
    public ResetSent? Sent { get; private set; }

    /// <summary>The reset that reached this end.</summary>
    public ResetReceived? Received { get; private set; }

    /// <summary>The last retransmission that was reported.</summary>
    public Retransmitted? Retransmission { get; private set; }

    /// <summary>The last look that found its data held up.</summary>
    public HeldUp? HeldUp { get; private set; }

    /// <summary>Its handshake, when it came to an end only after a SYN was repeated.</summary>
    public StateChanged? CameThrough { get; private set; }

    /// <summary>What its program met, when that was tcpwhy itself.</summary>
    public AttemptFailed? Attempt { get; private set; }

    /// <summary>The errno that the owner was told, or 0.</summary>
    public int Errno { get; private set; }

    /// <summary>Whether its own kernel gave it up for want of an answer: ETIMEDOUT, or the errno of an ICMP error that came meanwhile. What the other end does later is no longer part of it.</summary>
    public bool TimedOut => Errno is 110 or 113 or 101 or 112;

    /// <summary>What the socket knew when the trouble began.</summary>
    public TcpSample? Sample { get; private set; }

    /// <summary>The state in which the trouble found it.</summary>
    public TcpState State => Death?.From ?? Received?.State ?? Sent?.State ?? (CameThrough is not null ? TcpState.Established : Retransmission?.State) ?? Attempt?.State ?? HeldUp?.State ?? TcpState.Unknown;

    /// <summary>Whether the owner's own act ended the connection, rather than a segment or a timer.</summary>
    public bool Aborted => Sent is { Answers: TcpFlags.None, Reason: not ("TCP_KEEPALIVE_TIMEOUT" or "TCP_ABORT_ON_MEMORY") } && Received is null;

    /// <summary>Whether the owner was ending, for whatever reason.</summary>
    public bool Exiting => Process is { Exiting: true };

    /// <summary>Whether both FINs came through, whoever sent them and why.</summary>
    public bool EndedCleanly { get; private set; }

    /// <summary>Payload bytes that never reached the other end, a SYN or FIN not counted.</summary>
    public int UndeliveredBytes
    {
        get
        {
            if (Sample is not { } sample)
                return 0;
            int control = State is TcpState.FinWait1 or TcpState.LastAck or TcpState.Closing or TcpState.SynSent ? 1 : 0;
            return Math.Max(sample.UnackedBytes + sample.UnsentBytes - control, 0);
        }
    }

    /// <summary>Bytes received and never read by the owner, a FIN not counted.</summary>
    public int UnreadBytes
    {
        get
        {
            int fin = State is TcpState.CloseWait or TcpState.LastAck or TcpState.Closing || State == TcpState.FinWait2 && EndedCleanly || Sample?.SinceFinReceived is not null ? 1 : 0;
            return Math.Max((Sample?.UnreadBytes ?? 0) - fin, 0);
        }
    }

    /// <summary>Whether payload went out after the last that came in: for a client, it waits for an answer.</summary>
    public bool SpokeLast => Sample is { LastDataSent: { } sent } sample && (sample.LastDataReceived is not { } received || sent < received);

    /// <summary>Whether payload came in after the last that went out: for a server, it owes an answer.</summary>
    public bool HeardLast => Sample is { LastDataReceived: { } received } sample && (sample.LastDataSent is not { } sent || received < sent);

    /// <summary>Whether a reset met a thread that waited for more to read: what it had read was not all.</summary>
    public bool WasReading => Received is { Sample.Reading: true };

    /// <summary>Whether no payload was sent or received by this end.</summary>
    public bool Silent => Sample is { BytesReceived: 0, DataSegmentsOut: 0 };

    /// <summary>Takes in one more event of this socket.</summary>
    public void Add(SocketEvent next)
    {
        if (_events.Count == MostEvents)
            _events.RemoveAt(1);
        _events.Add(next);
        // The first snapshot knows most: a reset purges the write queue, closing the read queue.
        if (next.Sample is { } sample && (Sample is null || next is Retransmitted or Model.HeldUp || _events[^2] is Model.HeldUp))
            Sample = sample;
        else if (next is StateChanged { To: TcpState.Closed } && Retransmission is not null)
            Sample = next.Sample ?? Sample;
        if (next.Process is { } process && (Process is null || process.Exiting))
            Process = process;
        switch (next)
        {
            case StateChanged { To: TcpState.Established } change:
                CameThrough = change;
                break;
            case StateChanged { To: not TcpState.Listen } change:
                bool clean = change is { To: TcpState.Closed, From: TcpState.FinWait2 or TcpState.LastAck or TcpState.Closing };
                EndedCleanly |= clean;
                // That a dying process let go of it says more than that both FINs came through.
                Death = Death is { To: TcpState.Closed } or { Stranded: true } || clean && Death is { Process.Exiting: true } ? Death : change;
                break;
            case ResetSent sent:
                // Data for a closed socket: the kernel first resets itself, and no reset was on the wire.
                if (sent.Reason == "TCP_ABORT_ON_DATA")
                    Received = null;
                Sent = sent;
                break;
            case ResetReceived received:
                Received = received;
                break;
            case SocketError error:
                Errno = error.Errno;
                break;
            case AttemptFailed attempt:
                Attempt = attempt;
                break;
            case Retransmitted retransmitted:
                Retransmission = retransmitted;
                break;
            case HeldUp heldUp:
                HeldUp = heldUp;
                // What was sent again has arrived meanwhile.
                if (heldUp.Sample is { RetransmitsInARow: 0 })
                    Retransmission = null;
                break;
            default:
                break;
        }
    }
}
