using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>What is known beyond a single connection: listeners, settings, who probes many ports.</summary>
public sealed class World
{
    /// <summary>A source that was refused on this many ports of one host is looking around, not working.</summary>
    public const int ScanPorts = 8;

    /// <summary>A SYN is repeated for 131 s: so long, in seconds, counters are remembered.</summary>
    private const int MostSteps = 150;

    /// <summary>Counters that verdicts refer to.</summary>
    private static readonly HashSet<string> Remembered =
    [
        "TcpExtTCPReqQFullDrop", "TcpExtTCPReqQFullDoCookies", "TcpExtTCPTimeWaitOverflow", "TcpExtTCPDeferAcceptDrop", "TcpExtTCPFastOpenActiveFail",
        "conntrack_invalid", "conntrack_drop", "conntrack_early_drop", "conntrack_insert_failed",
    ];

    private static readonly TimeSpan OnTheWayOut = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(uint Netns, int Port), List<Listening>> _listeners = [];
    private readonly Dictionary<uint, SortedDictionary<string, string>> _settings = [];
    private readonly Dictionary<(IPAddress Source, IPAddress Target), Refusal> _refused = [];
    private readonly Dictionary<int, ProcessExited> _exits = [];
    private readonly Dictionary<(uint Netns, string Comm), DateTimeOffset> _retired = [];
    private readonly Dictionary<(uint Netns, int Port), DateTimeOffset> _closed = [];
    private readonly HashSet<(uint Netns, int Port)> _answering = [];

    /// <summary>Who left before he was answered.</summary>
    public Departures Departures { get; } = new();

    /// <summary>When services had no listener.</summary>
    public Downtimes Downtimes { get; } = new();

    /// <summary>Which namespaces were removed under their connections.</summary>
    public Removals Removals { get; } = new();

    /// <summary>Which limits of the kernel's were near, or met.</summary>
    public Limits Limits { get; } = new();

    /// <summary>Which of several addresses fail whom.</summary>
    public Rotations Rotations { get; } = new();

    /// <summary>Which processes pass requests on.</summary>
    public Proxies Proxies { get; } = new();
    private readonly Dictionary<(uint Netns, int Port), AcceptQueueDrained> _drained = [];
    private readonly Dictionary<Endpoint, Dropped> _synDrops = [];
    private readonly Dictionary<Endpoint, SynRejected> _rejected = [];
    private readonly Dictionary<(uint Netns, string Name), List<(DateTimeOffset Time, long By)>> _counters = [];

    /// <summary>Takes in what an event says about more than one connection.</summary>
    public void Observe(Event next)
    {
        if (next is SocketEvent socket)
        {
            Proxies.Observe(socket);
            Departures.Observe(socket);
            Rotations.Observe(socket);
            if (socket.Sample is { Opener: Opener.Remote } asServer && (asServer.BytesSent > 0 || asServer.PortSpeaks.HasFlag(PortSpeech.Answers)) && _answering.Count < 10_000)
                _answering.Add((socket.Netns, socket.Local.Port));
        }
        switch (next)
        {
            case Listening listening:
                Observe(listening);
                break;
            case SiblingsCounted counted:
                Rotations.Observe(counted);
                break;
            case SynQueueFull { Waiting: var waiting, Backlog: var backlog } when waiting > backlog:
                HoldsOneMore = true;
                break;
            case TrafficCounted traffic:
                Proxies.Observe(traffic);
                break;
            case CountersRead counters:
                Observe(counters);
                Limits.Observe(counters);
                break;
            case LimitRead limit:
                Limits.Observe(limit);
                break;
            case ResetSent { Socket: 0 } refusal:
                Limits.Observe(refusal);
                break;
            case Dropped { Reason: "NETFILTER_DROP" } dropped:
                Limits.Observe(dropped);
                if (dropped.Flags != TcpFlags.Syn)
                    break;
                if (_synDrops.Count >= 10_000)
                    _synDrops.Clear(); // a bound, as for the others
                _synDrops[dropped.Local] = dropped;
                break;
            case SynRejected rejected:
                if (_rejected.Count >= 10_000)
                    _rejected.Clear(); // a bound, as for the others
                _rejected[rejected.Local] = rejected;
                break;
            // A neighbour that does not answer is told to the sender as well, but no rule said no.
            case Dropped { Flags: TcpFlags.Syn } dropped when IsOfNeighbour(dropped):
                _rejected.Remove(dropped.Local);
                break;
            case AcceptQueueDrained drained:
                if (_drained.Count >= 10_000)
                    _drained.Clear(); // a bound, as for the others
                _drained[(drained.Netns, drained.Local.Port)] = drained;
                break;
            case SettingsRead settings:
                _settings[settings.Netns] = settings.Values;
                Removals.Observe(settings);
                break;
            case NamespaceGone gone:
                Removals.Observe(gone);
                break;
            case ProcessExited exited:
                if (_exits.Count >= 10_000)
                    _exits.Clear(); // a bound; what settles within a second has been judged
                _exits[exited.Process.Pid] = exited;
                if (exited.Process is { Signal: 0, ExitStatus: 0 })
                {
                    if (_retired.Count >= 10_000)
                        _retired.Clear(); // a bound, as above
                    _retired[(exited.Netns, exited.Process.Comm)] = exited.Time;
                }
                break;
            default:
                break;
        }
    }

    /// <summary>Whether a segment was dropped because nobody on the link answers for its address.</summary>
    public static bool IsOfNeighbour(Dropped dropped) => dropped.Reason.StartsWith("NEIGH_", StringComparison.Ordinal);

    /// <summary>Remembers that <paramref name="source"/> was refused, or met a filter, on a port of <paramref name="target"/>.</summary>
    public void Refused(IPAddress source, Endpoint target)
    {
        if (!_refused.TryGetValue((source, target.Address), out Refusal? refusal))
        {
            // A bound against a scan from many sources; losing an old scanner only makes its next refusals look ordinary.
            if (_refused.Count >= 10_000)
                _refused.Clear();
            _refused[(source, target.Address)] = refusal = new Refusal();
        }
        refusal.Add(target.Port);
    }

    /// <summary>On how many ports of the target's host the source was turned away, and went on to others; 0 when it insists on this port.</summary>
    public int ScannedPorts(IPAddress source, Endpoint target) =>
        _refused.TryGetValue((source, target.Address), out Refusal? refusal) ? refusal.Scanned(target.Port) : 0;

    /// <summary>Listeners on a port of one namespace.</summary>
    public IReadOnlyList<Listening> Listeners(uint netns, int port) =>
        _listeners.TryGetValue((netns, port), out List<Listening>? found) ? found : [];

    /// <summary>One listener on a port of a namespace, or null.</summary>
    public Listening? Listener(uint netns, int port) => Listeners(netns, port) is [var first, ..] ? first : null;

    /// <summary>Listeners on a port of any other namespace of this host.</summary>
    public IEnumerable<Listening> ListenersElsewhere(uint netns, int port) =>
        _listeners.Where(entry => entry.Key.Port == port && entry.Key.Netns != netns).SelectMany(entry => entry.Value);

    /// <summary>Whether somebody listens there, so that a socket with this local end is a server's.</summary>
    public bool IsService(uint netns, Endpoint local) => Listeners(netns, local.Port).Any(listener => Covers(listener, local.Address));

    /// <summary>Whether a listener takes connections for an address.</summary>
    public static bool Covers(Listening listener, IPAddress address)
    {
        if (listener.Local.Address.Equals(address) || listener.Local.Address.Equals(IPAddress.Any) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork)
            return true;
        return listener.Local.Address.Equals(IPAddress.IPv6Any)
            && (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 || !listener.V6Only);
    }

    /// <summary>When a listener that took connections for an address was closed, if that was within a second before <paramref name="time"/>.</summary>
    public DateTimeOffset? ListenerClosed(uint netns, Endpoint local, DateTimeOffset time) =>
        _closed.TryGetValue((netns, local.Port), out DateTimeOffset closed) && time >= closed && time - closed <= OnTheWayOut ? closed : null;

    /// <summary>Whether a service was seen to send anything to anybody: some take what they are sent and never answer.</summary>
    public bool Answers(uint netns, int port) => _answering.Contains((netns, port));

    /// <summary>The process that serves: as its socket tells, else the one that listens.</summary>
    public ProcessInfo? Servant(Case broken) =>
        broken.Server?.Process ?? Listener(broken.ServerNetns, broken.ServerEndpoint.Port)?.Process ?? (broken.ServerNetns == 0 ? OnlyListener(broken.ServerEndpoint)?.Process : null);

    /// <summary>The one listener of the whole host that takes connections for an address and port; null when there are several.</summary>
    private Listening? OnlyListener(Endpoint service) =>
        _listeners.Where(entry => entry.Key.Port == service.Port).SelectMany(entry => entry.Value).Where(listener => Covers(listener, service.Address)).Take(2).ToList() is [var only] ? only : null;

    /// <summary>How far a counter of a namespace moved since <paramref name="since"/>; counters are read once a second.</summary>
    public long Moved(uint netns, string counter, DateTimeOffset since)
    {
        long moved = 0;
        if (_counters.TryGetValue((netns, counter), out List<(DateTimeOffset Time, long By)>? steps))
        {
            foreach ((DateTimeOffset time, long by) in steps)
                moved += time >= since ? by : 0;
        }
        return moved;
    }

    /// <summary>The last SYN for a service that a packet filter dropped, whoever sent it, if that was after <paramref name="since"/>; null otherwise.</summary>
    public Dropped? SynDropped(Endpoint service, DateTimeOffset since) =>
        _synDrops.TryGetValue(service, out Dropped? dropped) && dropped.Time >= since ? dropped : null;

    /// <summary>The last SYN for a service that this host answered with an ICMP error, whoever sent it, if that was after <paramref name="since"/>; null otherwise.</summary>
    public SynRejected? Rejected(Endpoint service, DateTimeOffset since) =>
        _rejected.TryGetValue(service, out SynRejected? rejected) && rejected.Time >= since ? rejected : null;

    /// <summary>When a listener's queue, that was full, was emptied by accept, if that was after <paramref name="since"/>.</summary>
    public AcceptQueueDrained? Drained(uint netns, int port, DateTimeOffset since) =>
        _drained.TryGetValue((netns, port), out AcceptQueueDrained? drained) && drained.Time >= since ? drained : null;

    /// <summary>Whether a queue of half-open connections holds one more than its backlog, as newer kernels let it: then one that holds just as many is not full.</summary>
    public bool HoldsOneMore { get; private set; }

    /// <summary>A setting of a namespace as it was read, or null.</summary>
    public string? Setting(uint netns, string name) =>
        _settings.TryGetValue(netns, out SortedDictionary<string, string>? values) && values.TryGetValue(name, out string? value) ? value : null;

    /// <summary>How a process ended, when it was seen to end no later than a second after <paramref name="time"/>; runtimes close what they hold on their way out.</summary>
    public ProcessInfo? ExitAfter(int pid, DateTimeOffset time) =>
        _exits.TryGetValue(pid, out ProcessExited? exited) && exited.Time - time >= -OnTheWayOut && exited.Time - time <= OnTheWayOut ? exited.Process : null;

    /// <summary>Whether a process that served with this name ended well within a second of <paramref name="time"/>, while the service goes on in another: a worker made room for its successor.</summary>
    public bool IsHandover(uint netns, Endpoint service, string comm, DateTimeOffset time) =>
        _retired.TryGetValue((netns, comm), out DateTimeOffset ended) && (ended - time).Duration() <= OnTheWayOut && IsService(netns, service);

    private void Observe(CountersRead read)
    {
        foreach ((string name, long by) in read.Moved)
        {
            if (!Remembered.Contains(name))
                continue;
            if (!_counters.TryGetValue((read.Netns, name), out List<(DateTimeOffset Time, long By)>? steps))
                _counters[(read.Netns, name)] = steps = [];
            if (steps.Count == MostSteps)
                steps.RemoveAt(0);
            steps.Add((read.Time, by));
        }
    }

    private void Observe(Listening listening)
    {
        var key = (listening.Netns, listening.Local.Port);
        if (!_listeners.TryGetValue(key, out List<Listening>? listeners))
            _listeners[key] = listeners = [];
        // A listener found at the start has no kernel address yet, so its end is matched by where it listened.
        int known = listeners.FindIndex(other => other.Socket == listening.Socket && other.Local == listening.Local);
        if (known < 0 && listening.Closed)
            known = listeners.FindIndex(other => other.Local == listening.Local);
        if (known >= 0)
            listeners.RemoveAt(known);
        if (listening.Closed)
        {
            if (_closed.Count >= 10_000)
                _closed.Clear(); // a bound; what matters is a second old
            _closed[key] = listening.Time;
        }
        if (!listening.Closed)
            listeners.Add(listening);
        else if (listeners.Count == 0)
            _listeners.Remove(key);
        Downtimes.Observe(listening, listeners.Count > 0);
    }
}
