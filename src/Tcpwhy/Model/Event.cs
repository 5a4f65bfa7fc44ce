using System.Text.Json.Serialization;

namespace Tcpwhy.Model;

/// <summary>One thing that a source saw. The set is closed: what diagnosis may know is what stands in this file.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(Started), "started")]
[JsonDerivedType(typeof(StateChanged), "state_changed")]
[JsonDerivedType(typeof(ResetSent), "reset_sent")]
[JsonDerivedType(typeof(ResetReceived), "reset_received")]
[JsonDerivedType(typeof(SocketError), "socket_error")]
[JsonDerivedType(typeof(Retransmitted), "retransmitted")]
[JsonDerivedType(typeof(HeldUp), "held_up")]
[JsonDerivedType(typeof(SynAckRetransmitted), "synack_retransmitted")]
[JsonDerivedType(typeof(Dropped), "dropped")]
[JsonDerivedType(typeof(SynRejected), "syn_rejected")]
[JsonDerivedType(typeof(CallFailed), "call_failed")]
[JsonDerivedType(typeof(AttemptFailed), "attempt_failed")]
[JsonDerivedType(typeof(AcceptQueueFull), "accept_queue_full")]
[JsonDerivedType(typeof(SynQueueFull), "syn_queue_full")]
[JsonDerivedType(typeof(Unaccepted), "unaccepted")]
[JsonDerivedType(typeof(AcceptQueueDrained), "accept_queue_drained")]
[JsonDerivedType(typeof(SocketFound), "socket_found")]
[JsonDerivedType(typeof(ConntrackLooked), "conntrack_looked")]
[JsonDerivedType(typeof(SiblingsCounted), "siblings_counted")]
[JsonDerivedType(typeof(ProcessExited), "process_exited")]
[JsonDerivedType(typeof(Listening), "listening")]
[JsonDerivedType(typeof(SocketsWaiting), "sockets_waiting")]
[JsonDerivedType(typeof(PoolLooked), "pool_looked")]
[JsonDerivedType(typeof(CountersRead), "counters_read")]
[JsonDerivedType(typeof(SettingsRead), "settings_read")]
[JsonDerivedType(typeof(LimitRead), "limit_read")]
[JsonDerivedType(typeof(NamespaceGone), "namespace_gone")]
[JsonDerivedType(typeof(TrafficCounted), "traffic_counted")]
[JsonDerivedType(typeof(Lost), "lost")]
[JsonDerivedType(typeof(Ended), "ended")]
public abstract record Event
{
    private protected Event() { }

    /// <summary>When it happened, UTC, to the microsecond.</summary>
    [JsonPropertyOrder(-10)]
    public required DateTimeOffset Time { get; init; }

    /// <summary>Inode number of the network namespace, as in /proc/PID/ns/net; 0 when it belongs to none.</summary>
    [JsonPropertyOrder(-9)]
    public uint Netns { get; init; }
}

/// <summary>An event of one connection end.</summary>
public abstract record SocketEvent : Event
{
    private protected SocketEvent() { }

    /// <summary>The socket's key for the length of its life; 0 when the kernel had no socket for the segment.</summary>
    public ulong Socket { get; init; }

    public required Endpoint Local { get; init; }
    public required Endpoint Remote { get; init; }

    /// <summary>What the socket knew, when there was a full socket.</summary>
    public TcpSample? Sample { get; init; }

    /// <summary>The process that acted, when the event happened in its context, else the socket's owner where it is known.</summary>
    public ProcessInfo? Process { get; init; }
}

/// <summary>A source began to watch.</summary>
public sealed record Started : Event
{
    /// <summary>"ebpf", "sock_diag", "capture".</summary>
    public required string Source { get; init; }
    public string? Kernel { get; init; }

    /// <summary>What cannot be seen, and the causes that cannot be told for it.</summary>
    public Unavailable[] Unavailable { get; init; } = [];
}

/// <summary>A cause that this source cannot tell, and what would let it.</summary>
public sealed record Unavailable(string Cause, string Needs);

/// <summary>A socket changed its state: it died out of turn, or a dying process closed it.</summary>
public sealed record StateChanged : SocketEvent
{
    public required TcpState From { get; init; }
    public required TcpState To { get; init; }

    /// <summary>Whether a process's own call caused it, rather than an arriving segment or a timer.</summary>
    public bool ByProcess { get; init; }

    /// <summary>Its route is gone, and so is every interface of its namespace but the loopback: neither FIN nor reset leaves.</summary>
    public bool Stranded { get; init; }
}

/// <summary>The kernel sent a reset.</summary>
public sealed record ResetSent : SocketEvent
{
    /// <summary>Name of the kernel's sk_rst_reason, as TCP_ABORT_ON_CLOSE.</summary>
    public required string Reason { get; init; }
    public TcpState State { get; init; }

    /// <summary>Flags of the segment that the reset answers; none when a process's act caused it.</summary>
    public TcpFlags Answers { get; init; }

    /// <summary>Payload of the segment that the reset answers, in bytes.</summary>
    public int AnsweredBytes { get; init; }

    /// <summary>For a TIME_WAIT socket: how long ago the connection was closed here.</summary>
    public TimeSpan? SinceClose { get; init; }
}

/// <summary>A reset arrived and was accepted.</summary>
public sealed record ResetReceived : SocketEvent
{
    public TcpState State { get; init; }

    /// <summary>The segment that carried it; null when it was not seen, or when there was none: data for a closed socket makes the kernel reset itself.</summary>
    public Segment? Segment { get; init; }
}

/// <summary>The kernel told the owner that the connection failed.</summary>
public sealed record SocketError : SocketEvent
{
    /// <summary>The errno, as 104 for ECONNRESET.</summary>
    public required int Errno { get; init; }
    public TcpState State { get; init; }
}

/// <summary>A SYN, or data for the third time or more, was sent again.</summary>
public sealed record Retransmitted : SocketEvent
{
    public required TcpState State { get; init; }

    /// <summary>Which retransmission of this segment it is, from 1.</summary>
    public int Attempt { get; init; }
}

/// <summary>A live connection whose data does not move, or slowly, as a look at all sockets found it, or one that lost much until it closed.</summary>
public sealed record HeldUp : SocketEvent
{
    public required TcpState State { get; init; }
    public required Transfer Transfer { get; init; }

    /// <summary>It closed normally at that moment.</summary>
    public bool Ended { get; init; }
}

/// <summary>A listener sent a SYN-ACK again.</summary>
public sealed record SynAckRetransmitted : SocketEvent
{
    public int Attempt { get; init; }

    /// <summary>The handshake's final ACK came and was put off: the listener waits for data (TCP_DEFER_ACCEPT).</summary>
    public bool Deferred { get; init; }
}

/// <summary>The kernel dropped a TCP segment on its way; Local is its destination, Remote its source.</summary>
public sealed record Dropped : SocketEvent
{
    /// <summary>Name of the kernel's skb_drop_reason, as NETFILTER_DROP.</summary>
    public required string Reason { get; init; }
    public TcpFlags Flags { get; init; }
}

/// <summary>A router or packet filter on this host answered a SYN with an ICMP error (destination unreachable); Local is where the SYN was to go, Remote its source.</summary>
public sealed record SynRejected : SocketEvent
{
    /// <summary>ICMP's own code, as 1 for host unreachable and 13 for prohibited.</summary>
    public required int Code { get; init; }
}

/// <summary>connect returned an error to the process before a segment left.</summary>
public sealed record CallFailed : SocketEvent
{
    /// <summary>"connect".</summary>
    public required string Call { get; init; }
    public required int Errno { get; init; }
}

/// <summary>One of tcpwhy's own connections failed, in the words of the program that used it: only it knows that an answer was due.</summary>
public sealed record AttemptFailed : SocketEvent
{
    public TcpState State { get; init; }

    /// <summary>What its call was told, or 0.</summary>
    public int Errno { get; init; }

    /// <summary>Its own patience ran out.</summary>
    public bool TimedOut { get; init; }

    /// <summary>The peer closed where an answer was due.</summary>
    public bool PeerClosed { get; init; }

    /// <summary>How long the connection had been idle before the act that failed.</summary>
    public TimeSpan Idle { get; init; }
}

/// <summary>A SYN met a listener whose accept queue is full, and was dropped. Local is the listener, Remote the client.</summary>
public sealed record AcceptQueueFull : SocketEvent
{
    public required int Waiting { get; init; }
    public required int Backlog { get; init; }
}

/// <summary>A SYN met a listener whose queue of half-open connections is full: it was answered with a cookie (net.ipv4.tcp_syncookies), or dropped. Local is the listener, Remote the client.</summary>
public sealed record SynQueueFull : SocketEvent
{
    public required int Waiting { get; init; }
    public required int Backlog { get; init; }
}

/// <summary>A connection waits in the accept queue of a process that has no descriptor left for it. Local is the service, Remote the client.</summary>
public sealed record Unaccepted : SocketEvent
{
    /// <summary>Descriptors in use, of those that the process may have (RLIMIT_NOFILE), or of the host's (fs.file-max).</summary>
    public required Use Descriptors { get; init; }

    /// <summary>The host has none left.</summary>
    public bool OfHost { get; init; }

    /// <summary>What the client sent and nobody reads.</summary>
    public long UnreadBytes { get; init; }
}

/// <summary>An accept queue that had been full was found empty.</summary>
public sealed record AcceptQueueDrained : Event
{
    public required Endpoint Local { get; init; }
    public int Backlog { get; init; }

    /// <summary>How long before a SYN first met it full, to a tenth of a second.</summary>
    public TimeSpan FullFor { get; init; }
    public ProcessInfo? Process { get; init; }
}

/// <summary>A look at all sockets found one that lives and shares an end with a connection in trouble: its other end, perhaps behind address translation.</summary>
public sealed record SocketFound : SocketEvent
{
    public required TcpState State { get; init; }
}

/// <summary>Connection tracking of a namespace was asked for the connection of a segment from Remote to Local.</summary>
public sealed record ConntrackLooked : SocketEvent
{
    /// <summary>It knows the connection; the four ends then say how.</summary>
    public bool Known { get; init; }

    /// <summary>It has seen segments from the caller alone, none back.</summary>
    public bool OneWay { get; init; }

    /// <summary>It has not seen a whole handshake: the last ACK of it did not pass, or did not fit.</summary>
    public bool HalfOpen { get; init; }

    /// <summary>Who opened it, and the address that he called.</summary>
    public Endpoint Caller { get; init; }
    public Endpoint Called { get; init; }

    /// <summary>Who answers, and to which address.</summary>
    public Endpoint Answerer { get; init; }
    public Endpoint AnsweredTo { get; init; }

    /// <summary>How long an established connection may be idle before it is forgotten there (nf_conntrack_tcp_timeout_established).</summary>
    public TimeSpan IdleTimeout { get; init; }

    /// <summary>Whether it stands between translated addresses.</summary>
    public bool IsTranslated => Known && (Called != Answerer || Caller != AnsweredTo);
}

/// <summary>The addresses that a process whose attempts fail talks to at one port, as far as they were heard of since watching began: none, when it has nothing but attempts that fail.</summary>
public sealed record SiblingsCounted : Event
{
    public required ProcessInfo Process { get; init; }
    public required int Port { get; init; }
    public Sibling[] Addresses { get; init; } = [];
}

/// <summary>Connections of one process to one of the addresses that it uses at a port.</summary>
/// <param name="Closed">Those that ended well.</param>
/// <param name="Silent">How long ago the last of them ended, or one that is open was last heard.</param>
public sealed record Sibling(System.Net.IPAddress Address, long Closed, int Open, long BytesSent, long BytesReceived, TimeSpan Silent)
{
    /// <summary>Both together, of one address.</summary>
    internal Sibling And(Sibling other) =>
        new(Address, Closed + other.Closed, Open + other.Open, BytesSent + other.BytesSent, BytesReceived + other.BytesReceived, Silent < other.Silent ? Silent : other.Silent);
}

/// <summary>A process ended by a signal or with a status other than 0, or one that had accepted connections, however it ended.</summary>
public sealed record ProcessExited : Event
{
    public required ProcessInfo Process { get; init; }
}

/// <summary>A listener exists (seen at the start, or just opened), or is gone.</summary>
public sealed record Listening : Event
{
    public ulong Socket { get; init; }
    public required Endpoint Local { get; init; }
    public bool V6Only { get; init; }
    public int Backlog { get; init; }
    public int Waiting { get; init; }
    public ProcessInfo? Process { get; init; }

    /// <summary>The listener was closed.</summary>
    public bool Closed { get; init; }
}

/// <summary>Sockets of one process, peer and port that have stayed in one state, counted in one look at all sockets, or, for TIME_WAIT, at those of a namespace. All groups of a look bear the same time; a look that finds none counts 0.</summary>
public sealed record SocketsWaiting : Event
{
    public required TcpState State { get; init; }
    public ProcessInfo? Process { get; init; }

    /// <summary>The service's end, or the local address with port 0 when this process is the client.</summary>
    public required Endpoint Local { get; init; }

    /// <summary>The peer; its port is 0 when this process is the server.</summary>
    public required Endpoint Remote { get; init; }
    public Opener Opener { get; init; }
    public required int Count { get; init; }

    /// <summary>How many of them have been so for at least 2 s.</summary>
    public int Settled { get; init; }

    /// <summary>The longest and the shortest that one of them has been so, at least.</summary>
    public TimeSpan Oldest { get; init; }
    public TimeSpan Youngest { get; init; }
    public long UnreadBytes { get; init; }

    /// <summary>For TIME_WAIT of a client: local ports that sockets of any state take towards this destination, of net.ipv4.ip_local_port_range without those reserved.</summary>
    public Use? Ports { get; init; }

    /// <summary>For TIME_WAIT: sockets of the namespace in it, of net.ipv4.tcp_max_tw_buckets.</summary>
    public Use? Buckets { get; init; }

    /// <summary>Up to five of them.</summary>
    public Endpoint[] Examples { get; init; } = [];
}

/// <summary>One look at the connections that a process opened to one destination, all or nearly all of which waited for an answer, or did so at one of the two looks before. Such a process is looked at every two seconds or so.</summary>
public sealed record PoolLooked : Event
{
    public required ProcessInfo Process { get; init; }

    /// <summary>Where its connections come from, with port 0.</summary>
    public required Endpoint Local { get; init; }
    public required Endpoint Remote { get; init; }

    /// <summary>How many connections there were.</summary>
    public required int Connections { get; init; }

    /// <summary>On how many of them an answer was due.</summary>
    public required int Busy { get; init; }

    /// <summary>How many of them were not there at the look before, and how many of those then are gone.</summary>
    public int Opened { get; init; }
    public int Closed { get; init; }

    /// <summary>Segments with data that were sent on them since the look before: requests, or more.</summary>
    public long Requests { get; init; }

    /// <summary>The longest that one of them had waited.</summary>
    public TimeSpan Longest { get; init; }

    /// <summary>From the last answer on a connection to the request that it waits for now: the median.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Threads of the process, each of which slept on one of them.</summary>
    public int[] Threads { get; init; } = [];

    /// <summary>Requests of the process that were at any server, here included.</summary>
    public int AtServers { get; init; }

    /// <summary>Requests that the process itself owed an answer to; of them, how many it had not read, and how many came from callers that have closed their side.</summary>
    public int Owed { get; init; }
    public int Unread { get; init; }
    public int Left { get; init; }

    /// <summary>The longest that one of them had waited.</summary>
    public TimeSpan Oldest { get; init; }

    /// <summary>How many that it owed at the look before had been answered, or were gone; and how many of these had closed.</summary>
    public int Released { get; init; }
    public int Gone { get; init; }

    /// <summary>Of the connections that are busy, how many had an answer since the look before; and of how many the process gave an answer of its own at once.</summary>
    public int Answered { get; init; }
    public int PassedOn { get; init; }
}

/// <summary>How far a namespace's counters moved since they were last read (/proc/net/snmp and netstat): only those that moved.</summary>
public sealed record CountersRead : Event
{
    public required SortedDictionary<string, long> Moved { get; init; }
}

/// <summary>Settings of a namespace that verdicts refer to, by sysctl name, as net.ipv4.ip_local_port_range.</summary>
public sealed record SettingsRead : Event
{
    public required SortedDictionary<string, string> Values { get; init; }
}

/// <summary>How near a limit of the kernel's is: read while it is, and when something was dropped that may be for it. Of the whole host (namespace 0) or of a namespace.</summary>
public sealed record LimitRead : Event
{
    /// <summary>The sysctl that sets it, as net.netfilter.nf_conntrack_max.</summary>
    public required string Setting { get; init; }

    /// <summary>Entries, or pages of 4 KiB for net.ipv4.tcp_mem.</summary>
    public required long Used { get; init; }

    /// <summary>Where the kernel begins to save, the second of net.ipv4.tcp_mem; elsewhere the same as the next.</summary>
    public required long Saves { get; init; }

    /// <summary>Where it refuses.</summary>
    public required long Refuses { get; init; }
}

/// <summary>A namespace in which a socket was left stranded is no more: no process lives in it, and nothing holds it by name.</summary>
public sealed record NamespaceGone : Event;

/// <summary>Connections counted in the kernel since the last such event.</summary>
public sealed record TrafficCounted : Event
{
    public long Opened { get; init; }
    public long Accepted { get; init; }
    public long ClosedNormally { get; init; }
    public long Failed { get; init; }
    public long Retransmits { get; init; }

    /// <summary>Of these, SYNs.</summary>
    public long SynRetransmits { get; init; }

    /// <summary>Of these, after duplicate acknowledgements.</summary>
    public long FastRetransmits { get; init; }

    /// <summary>Of these, after a timeout.</summary>
    public long TimeoutRetransmits { get; init; }

    /// <summary>Of these, tail-loss probes.</summary>
    public long TailProbes { get; init; }
    public TrafficFlow[] Flows { get; init; } = [];

    /// <summary>Processes that were seen to accept and to connect: proxies, and services that call others. Each is told once.</summary>
    public RelayProcess[] Relays { get; init; } = [];
}

/// <summary>A process that passes requests on.</summary>
public sealed record RelayProcess(ProcessInfo Process, uint Netns);

/// <summary>Connections of one process with one peer on one service port.</summary>
/// <param name="Opener">Local: this process is the client.</param>
/// <param name="Span">From the end of the first of them to that of the last.</param>
public sealed record TrafficFlow(ProcessInfo? Process, uint Netns, System.Net.IPAddress Remote, int Port, Opener Opener, long Closed, long BytesSent, long BytesReceived, TimeSpan MedianLifetime, TimeSpan Span = default);

/// <summary>Something was not seen: findings drawn across the gap say so.</summary>
public sealed record Lost : Event
{
    public required long Count { get; init; }

    /// <summary>Where: "ring buffer", "programs" (interrupted at work), "recording".</summary>
    public required string Where { get; init; }
}

/// <summary>The source stopped, with what watching cost.</summary>
public sealed record Ended : Event
{
    public long Events { get; init; }
    public double CpuSeconds { get; init; }
    public long PeakMemoryBytes { get; init; }
}
