using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>One connection, or attempt, that went wrong: what both ends and the path between them showed, as far as it happened on this host.</summary>
public sealed class Case(DateTimeOffset start)
{
    /// <summary>A bound on what is kept of a connection whose segments are all dropped.</summary>
    public const int MostDrops = 100;

    public DateTimeOffset Start { get; private set; } = start;

    /// <summary>The last event that belongs here.</summary>
    public DateTimeOffset Last { get; set; } = start;

    /// <summary>The end that called connect, when its socket is on this host.</summary>
    public ConnectionEnd? Client { get; set; }

    /// <summary>The end that listened, when its socket is on this host.</summary>
    public ConnectionEnd? Server { get; set; }

    public Endpoint ClientEndpoint { get; set; }

    /// <summary>The service: where the client connected to.</summary>
    public Endpoint ServerEndpoint { get; set; }

    /// <summary>The network namespace of the service, when something was seen there; 0 otherwise.</summary>
    public uint ServerNetns { get; set; }

    /// <summary>The reset that the service's kernel sent for want of an established socket.</summary>
    public ResetSent? ServerRefusal { get; set; }

    /// <summary>The same on the client's side: it met a segment of a connection that it no longer has.</summary>
    public ResetSent? ClientRefusal { get; set; }

    /// <summary>Segments of this connection that were dropped on this host, in order.</summary>
    public List<Dropped> Drops { get; } = [];

    /// <summary>Its SYN was answered with an ICMP error on this host.</summary>
    public SynRejected? Rejected { get; set; }

    /// <summary>A SYN of this connection met a full accept queue.</summary>
    public AcceptQueueFull? QueueFull { get; set; }

    /// <summary>A SYN of this connection met a full queue of half-open connections.</summary>
    public SynQueueFull? HalfOpenFull { get; set; }

    /// <summary>Sockets that live on and share this connection's client: the other end, perhaps behind address translation.</summary>
    public List<SocketFound> Alive { get; } = [];

    /// <summary>What connection tracking of namespaces on the way said of it.</summary>
    public List<ConntrackLooked> Tracked { get; } = [];

    /// <summary>The listener repeated its SYN-ACK.</summary>
    public SynAckRetransmitted? SynAck { get; set; }

    /// <summary>A connect call that failed without any segment.</summary>
    public CallFailed? Call { get; set; }

    /// <summary>It waited in the accept queue of a process without a descriptor left.</summary>
    public Unaccepted? Starved { get; set; }

    /// <summary>Sockets that stay in one state: no connection broke, but something is leaking.</summary>
    public SocketsWaiting? Waiting { get; set; }

    /// <summary>Of sockets in TIME_WAIT: how many connections found no room there.</summary>
    public int WithoutRoom { get; set; }

    /// <summary>A reading of the host, when it tells of trouble and no connection does.</summary>
    public Event? Reading { get; set; }

    /// <summary>Of a proxy's waiting sockets: that they wait in it, and not at its servers.</summary>
    public Backlog? Backlog { get; set; }

    /// <summary>Of a process that had all its connections to a destination in use: for how long, and who waited.</summary>
    public Ceiling? Ceiling { get; set; }

    /// <summary>Healthy connections between two ends, as they were counted: none broke.</summary>
    public TrafficFlow? Flow { get; set; }

    /// <summary>Of a flow whose client is a proxy: how many connections its own clients made meanwhile.</summary>
    public long Relayed { get; set; }

    /// <summary>Whether it ended with a FIN from both sides: the kernel has counted it as closed.</summary>
    public bool IsClean => Flow is not null || Ends.Any() && ServerRefusal is null && ClientRefusal is null
        && Ends.All(end => end is { Sent: null, Received: null, Errno: 0, Attempt: null, EndedCleanly: true });

    /// <summary>The process for which a segment was meant that the kernel ignored.</summary>
    public ProcessInfo? Target => Drops.Find(drop => drop.Process is not null)?.Process;

    /// <summary>Whether somebody between the ends reset it: both received a reset, and neither sent one.</summary>
    public bool IsResetBetween => Client is { Received: not null, Sent: null, State: not TcpState.SynSent } && Server is { Received: not null, Sent: null } && ServerRefusal is null && ClientRefusal is null;

    /// <summary>Its SYN that a packet filter on this host dropped; null when none did.</summary>
    public Dropped? FilteredSyn => Drops.Find(dropped => dropped is { Reason: "NETFILTER_DROP", Flags: TcpFlags.Syn });

    /// <summary>Whether its SYN was answered with a reset.</summary>
    public bool Refused { get; set; }

    /// <summary>Whether some events may be missing.</summary>
    public bool AcrossGap { get; set; }

    /// <summary>Both ends that are known, the client first.</summary>
    public IEnumerable<ConnectionEnd> Ends
    {
        get
        {
            if (Client is not null)
                yield return Client;
            if (Server is not null)
                yield return Server;
        }
    }

    /// <summary>Everything that was seen of it.</summary>
    public IEnumerable<Event> Events =>
        Ends.SelectMany(end => end.Events).Concat<Event?>(Drops).Concat(Own).Append(ServerRefusal).Append(ClientRefusal).Append(Rejected).Append(QueueFull).Append(HalfOpenFull).Append(SynAck).Append(Call).Append(Starved).Append(Waiting).Append(Counted).Append(Reading)
            .OfType<Event>();

    /// <summary>The other end of the same connection.</summary>
    public ConnectionEnd? Other(ConnectionEnd end) => ReferenceEquals(end, Client) ? Server : Client;

    /// <summary>Whether the connection is over: an end died, or was refused.</summary>
    public bool Ended => Call is not null || Flow is not null || Waiting is not null || ServerRefusal is not null || ClientRefusal is not null
        || SynAck is { Deferred: true } || Ends.Any(end => end.Death is not null || end.CameThrough is not null || end.Sent is not null || end.Received is not null || end.Errno != 0 || end.Attempt is not null);

    /// <summary>Whether there is something to tell though nothing ended: a SYN met a full queue, data is held up, resets were ignored, segments met a locked socket, or a filter that sees one direction alone.</summary>
    public bool IsTold => QueueFull is not null || HalfOpenFull is not null || Client is { HeldUp: not null } || Server is { HeldUp: not null }
        || Drops.Exists(drop => drop.Flags.HasFlag(TcpFlags.Rst) || drop.Reason == "SOCKET_BACKLOG" || drop.Reason == "NETFILTER_DROP" && Tracked.Exists(looked => looked.HalfOpen))
        || Causes.SeqDesync.Loop(this) > TimeSpan.Zero;

    /// <summary>Whether somebody was left without what he waited for: an answer or its rest outstanding, or payload lost on its way.</summary>
    public bool Unfinished =>
        Client is { SpokeLast: true } or { WasReading: true } || Server is { HeardLast: true } || Ends.Any(end => end.UndeliveredBytes > 0)
        || Server is { UnreadBytes: > 0 };

    /// <summary>Those of the living sockets that are an end of this very connection.</summary>
    private IEnumerable<SocketFound> Own => Alive.Where(found => found.Local == ClientEndpoint && found.Remote == ServerEndpoint || found.Local == ServerEndpoint && found.Remote == ClientEndpoint);

    /// <summary>Whether a living socket of its own has told who is whose client.</summary>
    public bool IsPlaced => Own.Any();

    /// <summary>A flow as filters see it.</summary>
    private SocketsWaiting? Counted => Flow is null ? null : new SocketsWaiting
    {
        Time = Last,
        Netns = Flow.Netns,
        State = TcpState.Closed,
        Process = Flow.Process,
        Local = Flow.Opener == Opener.Local ? ClientEndpoint : ServerEndpoint,
        Remote = Flow.Opener == Opener.Local ? ServerEndpoint : ClientEndpoint,
        Opener = Flow.Opener,
        Count = (int)Math.Min(Flow.Closed, int.MaxValue),
    };

    /// <summary>The server's end, when it lives on after its client met the trouble.</summary>
    public SocketFound? LivingServer => Alive.Find(found => found.Remote == ClientEndpoint && found.State == TcpState.Established && found.Socket != Server?.Socket && found.Socket != Client?.Socket);

    /// <summary>The client's end, when it lives on after its server met the trouble.</summary>
    public SocketFound? LivingClient => Alive.Find(found => found.Local == ClientEndpoint && found.State == TcpState.Established && found.Socket != Client?.Socket && found.Socket != Server?.Socket);

    /// <summary>Takes in what was known of the same connection under the addresses that it has behind a translation.</summary>
    public void Join(Case behind)
    {
        Start = behind.Start < Start ? behind.Start : Start;
        Last = behind.Last > Last ? behind.Last : Last;
        // Whom the addresses made a client may be the server of the whole.
        foreach (ConnectionEnd end in behind.Ends)
        {
            if (Client is null && end.Local == ClientEndpoint)
                Client = end;
            else
                Server ??= end;
        }
        if (behind.Server is not null || behind.ServerRefusal is not null)
            ServerNetns = behind.ServerNetns;
        ServerRefusal ??= behind.ServerRefusal;
        ClientRefusal ??= behind.ClientRefusal;
        Rejected ??= behind.Rejected;
        QueueFull ??= behind.QueueFull;
        HalfOpenFull ??= behind.HalfOpenFull;
        SynAck ??= behind.SynAck;
        Drops.AddRange(behind.Drops);
        Alive.AddRange(behind.Alive);
        Tracked.AddRange(behind.Tracked);
        Refused |= behind.Refused;
        AcrossGap |= behind.AcrossGap;
    }

    /// <summary>How many connections this case stands for.</summary>
    public int Count => WithoutRoom > 0 ? WithoutRoom : Waiting is { State: TcpState.TimeWait } closed ? closed.Count : Waiting?.Settled ?? (int?)Flow?.Closed ?? Alike;

    /// <summary>How many attempts of our own it stands for, that met the same.</summary>
    public int Alike { get; set; } = 1;
}
