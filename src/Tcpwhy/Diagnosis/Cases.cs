using Tcpwhy.Diagnosis.Causes;
using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Puts events together that belong to one broken connection; <see cref="Telling"/> says when it has all that it will get.</summary>
public sealed class Cases
{
    /// <summary>Both ends of a death, and what the path did, arrive within microseconds on one host; this leaves room for batches of the ring.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    /// <summary>From a socket to another on one host.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(50);

    /// <summary>What is asked about a death, the other end and connection tracking, is answered within this time on a busy host.</summary>
    internal static readonly TimeSpan Answer = TimeSpan.FromSeconds(1.2);

    /// <summary>What begins this soon after a loss may lack its beginning.</summary>
    private static readonly TimeSpan GapReach = TimeSpan.FromSeconds(1);

    private readonly World _world;
    private readonly Telling _telling;
    private readonly Dictionary<ConnectionKey, Case> _open = [];
    private readonly List<Case> _waiting = [];
    private readonly List<Case> _finished = [];
    private readonly HashSet<ulong> _challenged = [];
    private readonly Backlogs _backlogs = new();
    private readonly Ceilings _ceilings = new();
    private readonly Shortages _shortages = new();
    private readonly Dictionary<ConnectionKey, ConnectionKey> _behind = [];
    private readonly Dictionary<ConnectionKey, List<SocketFound>> _early = [];
    private readonly Dictionary<Endpoint, (DateTimeOffset Time, ConnectionKey Key)> _refused = [], _reset = [];
    private DateTimeOffset _look;
    private DateTimeOffset _gap;

    public Cases(World world)
    {
        _world = world;
        _telling = new Telling(world, _ceilings, _open);
    }

    /// <summary>Takes in one event.</summary>
    public void Observe(Event next)
    {
        switch (next)
        {
            case Lost:
                _gap = next.Time + GapReach;
                foreach (Case open in _open.Values)
                    open.AcrossGap = true;
                break;
            case SocketsWaiting { State: TcpState.Established } atProxy:
                _backlogs.Observe(atProxy);
                break;
            case PoolLooked pool:
                _ceilings.Observe(pool);
                break;
            case SocketsWaiting { State: TcpState.TimeWait } closed:
                _shortages.Observe(closed);
                break;
            case SocketsWaiting waiting:
                Observe(waiting);
                break;
            case LimitRead limit:
                _shortages.Observe(limit);
                break;
            case CountersRead counters:
                _shortages.Observe(counters);
                break;
            case TrafficCounted { Flows.Length: > 0 } traffic:
                Observe(traffic);
                break;
            case CallFailed call:
                Observe(call);
                break;
            case SocketFound found:
                Observe(found);
                break;
            case ConntrackLooked looked:
                Observe(looked);
                break;
            case Unaccepted starved:
                Observe(starved);
                break;
            case StateChanged { From: TcpState.SynSent, To: TcpState.Closed } givenUp:
                Add(givenUp);
                break;
            case SocketEvent { Socket: not 0 } attempt when attempt is StateChanged { From: TcpState.SynSent } or Retransmitted { State: TcpState.SynSent } && _challenged.Contains(attempt.Socket):
                // Its SYN met an older connection of the same ports and is repeated in its stead: that has been told.
                if (attempt is StateChanged)
                    _challenged.Remove(attempt.Socket);
                break;
            case ResetSent { Socket: not 0, State: TcpState.SynSent, Reason: "TCP_INVALID_ACK_SEQUENCE" } newcomer:
                if (_challenged.Count >= 10_000)
                    _challenged.Clear(); // a bound; the SYN is repeated a second later
                _challenged.Add(newcomer.Socket);
                Add(newcomer);
                break;
            case SocketEvent event_ when !IsRoutine(event_):
                Add(event_);
                break;
            default:
                break;
        }
    }

    /// <summary>Notes that a case was explained as broken.</summary>
    public void Told(Case broken) => _telling.Told(new ConnectionKey(broken.ClientEndpoint, broken.ServerEndpoint, broken.Ends.FirstOrDefault()?.Netns ?? 0), broken);

    /// <summary>Hands over the cases that ended long enough before <paramref name="now"/> for all their events to have come.</summary>
    public IEnumerable<Case> Settled(DateTimeOffset now)
    {
        foreach (Case settled in _telling.Settled(now))
            yield return settled;
        foreach (Case finished in _finished)
            yield return finished;
        _finished.Clear();
        foreach (Case shortage in _shortages.Settled(now))
            yield return shortage;
        foreach (Case left in _ceilings.Settled(now))
            yield return left;
    }

    /// <summary>Hands over what is left at the end of the window: the cases that ended, and those that are stuck.</summary>
    public IEnumerable<Case> Rest(DateTimeOffset now)
    {
        List<Case> rest =
        [
            .. _telling.Rest(now), .. _finished, .. _waiting.Where(waiting => !_ceilings.Explains(waiting.Waiting!)),
            .. _backlogs.Rest(), .. _ceilings.Rest(), .. _shortages.Rest(),
        ];
        _finished.Clear();
        _waiting.Clear();
        return rest;
    }

    /// <summary>An attempt that its own process gave up at once, and listeners, are nobody's failure.</summary>
    private static bool IsRoutine(SocketEvent next) => next switch
    {
        StateChanged { From: TcpState.Listen } or StateChanged { To: TcpState.Listen } => true,
        SocketError { Remote.Port: 0 } => true, // a disconnect tells its own caller, when it has forgotten the peer already
        _ => false,
    };

    private void Observe(CallFailed call)
    {
        if (EphemeralPortExhaustion.IsOutOfPorts(call))
            _world.Limits.PortsRanOut(call.Netns, call.Remote);
        _finished.Add(new Case(call.Time) { Call = call, ClientEndpoint = call.Local, ServerEndpoint = call.Remote, AcrossGap = IsInGap(call.Time) });
    }

    private void Observe(Unaccepted starved) => _finished.Add(new Case(starved.Time)
    {
        Starved = starved,
        ServerEndpoint = starved.Local,
        ServerNetns = starved.Netns,
        ClientEndpoint = starved.Remote,
        AcrossGap = IsInGap(starved.Time),
    });

    private bool IsInGap(DateTimeOffset time) => time <= _gap;

    private void Observe(SocketsWaiting waiting)
    {
        // Each look at all sockets replaces the one before: what was closed meanwhile leaks no more.
        if (waiting.Time != _look)
            _waiting.Clear();
        _look = waiting.Time;
        if (waiting.Count == 0)
            return;
        _waiting.Add(new Case(waiting.Time - waiting.Oldest)
        {
            Waiting = waiting,
            Last = waiting.Time,
            ServerEndpoint = waiting.Opener == Opener.Local ? waiting.Remote : waiting.Local,
            ClientEndpoint = waiting.Opener == Opener.Local ? waiting.Local : waiting.Remote,
            ServerNetns = waiting.Opener == Opener.Local ? 0 : waiting.Netns,
        });
    }

    /// <summary>What was counted between two ends, once: told by the client where it is here.</summary>
    private void Observe(TrafficCounted traffic)
    {
        foreach (TrafficFlow flow in traffic.Flows)
        {
            if (flow.Opener == Opener.Unknown || flow.Port == 0)
                continue;
            bool client = flow.Opener == Opener.Local;
            if (!client && traffic.Flows.Any(other => other.Opener == Opener.Local && other.Port == flow.Port && 2 * other.Closed > flow.Closed && other.Closed < 2 * flow.Closed))
                continue;
            Endpoint peer = new(flow.Remote, client ? flow.Port : 0);
            Endpoint own = client ? Endpoint.None : _world.Listener(flow.Netns, flow.Port)?.Local ?? Endpoint.None with { Port = flow.Port };
            _finished.Add(new Case(traffic.Time - flow.Span)
            {
                Last = traffic.Time,
                Flow = flow,
                Relayed = client && _world.Proxies.Contains(flow.Process, flow.Netns) ? traffic.Flows.Where(other => other.Opener == Opener.Remote && other.Process?.Pid == flow.Process?.Pid).Sum(other => other.Closed) : 0,
                ServerEndpoint = client ? peer : own,
                ClientEndpoint = client ? own : peer,
                ServerNetns = client ? 0 : flow.Netns,
            });
        }
    }

    private void Observe(SocketFound found)
    {
        Place(found);
        foreach (Case open in _open.Values)
        {
            if ((open.ClientEndpoint == found.Remote || open.ClientEndpoint == found.Local) && open.Alive.Count < 100)
                open.Alive.Add(found);
        }
    }

    /// <summary>A segment that was dropped at its very socket told neither the namespace nor who is whose client: the socket does.</summary>
    private void Place(SocketFound found)
    {
        var bare = new ConnectionKey(found.Local, found.Remote, 0);
        if (!_open.TryGetValue(bare, out Case? open))
        {
            if (_early.Count >= 1_000)
                _early.Clear(); // a bound; what matters is milliseconds old
            if (!_early.TryGetValue(bare, out List<SocketFound>? ends))
                _early[bare] = ends = [];
            ends.Add(found);
            return;
        }
        if (open.Ends.Any() || open.ServerNetns != 0)
            return;
        bool server = IsServer(found);
        Join(new ConnectionKey(found.Local, found.Remote, found.Netns), bare, server ? found.Remote : found.Local, server ? found.Local : found.Remote);
        if (server)
            open.ServerNetns = found.Netns;
    }

    private void Observe(ConntrackLooked looked)
    {
        var key = new ConnectionKey(looked.Local, looked.Remote, looked.Netns);
        if (looked.IsTranslated)
        {
            key = new ConnectionKey(looked.Caller, looked.Called, looked.Netns);
            Join(key, new ConnectionKey(looked.AnsweredTo, looked.Answerer, looked.Netns), looked.Caller, looked.Called);
        }
        if (_open.TryGetValue(key, out Case? open) && open.Tracked.Count < 10)
            open.Tracked.Add(looked);
    }

    /// <summary>Before a translation and behind it a connection has two names: the one that its caller knows stands for both.</summary>
    private void Join(ConnectionKey called, ConnectionKey behind, Endpoint caller, Endpoint service)
    {
        if (_behind.Count >= 10_000)
            _behind.Clear(); // a bound; what matters ends with the window of a case
        _behind[behind] = called;
        if (!_open.Remove(behind, out Case? far))
            return;
        if (_open.TryGetValue(called, out Case? near))
            near.Join(far);
        else
            (_open[called], near) = (far, far);
        (near.ClientEndpoint, near.ServerEndpoint) = (caller, service);
        _telling.Changed(near.Last, called);
    }

    /// <summary>A reset that this host sent to a client for want of a socket, and that reached it from another address within a moment, was translated between; the entry in connection tracking went with it.</summary>
    private void JoinRefused(SocketEvent next, ConnectionKey key)
    {
        // Whichever end tells first: each remembers itself for the other.
        bool sent = next is ResetSent { Socket: 0 } refusal && (!refusal.Answers.HasFlag(TcpFlags.Syn) || MptcpSubflowReset.IsOfMptcp(refusal));
        if (!sent && next is not ResetReceived { State: not TcpState.SynSent } and not ResetReceived { Sample.Subflow: true })
            return;
        Endpoint client = sent ? next.Remote : next.Local;
        var (own, others) = sent ? (_refused, _reset) : (_reset, _refused);
        if (own.Count >= 10_000)
            own.Clear(); // a bound; what matters is milliseconds old
        own[client] = (next.Time, key);
        if (!others.TryGetValue(client, out var other) || other.Key == key || (next.Time - other.Time).Duration() >= AtOnce)
            return;
        (ConnectionKey called, ConnectionKey behind) = sent ? (other.Key, key) : (key, other.Key);
        // A client that refuses a late answer names the service here, which has many clients.
        if (_open.TryGetValue(called, out Case? open) && open is { Client: not null, ServerRefusal: null } && open.ClientEndpoint == client)
            Join(called, behind, open.ClientEndpoint, open.ServerEndpoint);
    }

    private void Add(SocketEvent next)
    {
        _shortages.Observe(next);
        var key = new ConnectionKey(next.Local, next.Remote, next.Netns);
        if (_behind.TryGetValue(key, out ConnectionKey called))
            key = called;
        if (_open.TryGetValue(key, out Case? open) && IsAftermath(open, next))
            return;
        if (open is null ? _telling.IsAftermath(key, next) : IsTooLate(open, next))
            return;
        bool cutOff = open is not null && Removals.CutOff(open) is not null && !Aftermaths.IsAnotherLife(next, open.Last);
        if (open is not null && (open.Ended && next.Time - open.Last > Settle && !cutOff || IsAnotherLife(open, next)))
        {
            // The same 4-tuple again. What is known of its first life is all there will be.
            if (_telling.IsTold(key, open))
                _finished.Add(open);
            open = null;
        }
        if (open is null)
            _open[key] = open = new Case(next.Time) { AcrossGap = IsInGap(next.Time) };
        open.Last = next.Time;
        _telling.Changed(next.Time, key);

        switch (next)
        {
            case Dropped dropped:
                if (open.Drops.Count < Case.MostDrops)
                    open.Drops.Add(dropped);
                Orient(open, dropped.Flags, dropped.Netns, dropped.Local, dropped.Remote);
                if (dropped.Netns == 0 && _early.Remove(key, out List<SocketFound>? ends))
                    ends.FindAll(found => (dropped.Time - found.Time).Duration() < AtOnce).ForEach(Observe);
                break;
            case SynRejected rejected:
                open.Rejected ??= rejected;
                Orient(open, TcpFlags.Syn, rejected.Netns, rejected.Local, rejected.Remote);
                break;
            case AcceptQueueFull full:
                open.QueueFull = full;
                open.ServerNetns = full.Netns;
                (open.ServerEndpoint, open.ClientEndpoint) = (full.Local, full.Remote);
                break;
            case SynQueueFull full:
                open.HalfOpenFull = full;
                open.ServerNetns = full.Netns;
                (open.ServerEndpoint, open.ClientEndpoint) = (full.Local, full.Remote);
                break;
            case SynAckRetransmitted synAck:
                open.SynAck = open.SynAck is { Deferred: true } ? open.SynAck : synAck;
                open.ServerNetns = synAck.Netns;
                (open.ServerEndpoint, open.ClientEndpoint) = (synAck.Local, synAck.Remote);
                break;
            case ResetSent { Socket: 0 } refusal:
                Add(open, refusal);
                break;
            default:
                AddToEnd(open, next);
                break;
        }
        JoinRefused(next, key);
        // A SYN that is repeated tries the port again.
        if (next is Dropped { Reason: "NETFILTER_DROP", Flags: TcpFlags.Syn } filtered)
            _world.Refused(filtered.Remote.Address, filtered.Local);
        // Both ends may tell of the same refusal, and so may a filter that drops what it resets.
        if (!open.Refused && next is ResetSent { Socket: 0, Answers: TcpFlags.Syn, Reason: "NO_SOCKET" } or ResetReceived { State: TcpState.SynSent, Sample: not { Subflow: true } })
        {
            open.Refused = true;
            if (open.FilteredSyn is null)
                _world.Refused(open.ClientEndpoint.Address, open.ServerEndpoint);
        }
    }

    /// <summary>Whether one end was given up in silence, and the other acts some time later: it closes a connection that is no more, and how it does says nothing of why.</summary>
    private static bool IsAftermath(Case open, SocketEvent next) =>
        open.Ends.FirstOrDefault(end => end is { TimedOut: true, Death: not null }) is { } gone
        && next.Socket != gone.Socket && next.Time - gone.Death!.Time > AtOnce && !IsAnotherLife(open, next);

    /// <summary>Whether one end's namespace is gone, and the other notices some time later.</summary>
    private bool IsTooLate(Case open, SocketEvent next) =>
        _world.Removals.Of(open) is { } lost && next.Socket != lost.Socket && next.Time - lost.Death!.Time > AtOnce && !Aftermaths.IsAnotherLife(next, open.Last);

    /// <summary>Whether an end of the connection already is another socket than the one that speaks now.</summary>
    private static bool IsAnotherLife(Case open, SocketEvent next) =>
        next.Socket != 0 && next is not (AcceptQueueFull or SynQueueFull or SynAckRetransmitted or Dropped or SynRejected)
        && open.Ends.Any(end => end.Socket != 0 && end.Socket != next.Socket && end.Local == next.Local && end.Netns == next.Netns);

    /// <summary>A reset without a socket: it is the service's when it answers a SYN, or when an end is known already.</summary>
    private void Add(Case open, ResetSent refusal)
    {
        bool byServer = refusal.Answers.HasFlag(TcpFlags.Syn) && !refusal.Answers.HasFlag(TcpFlags.Ack)
            || refusal.State == TcpState.Listen
            || (open.Client is { } client ? client.Local == refusal.Remote : open.Server is { } server ? server.Local == refusal.Local : IsServer(refusal));
        if (byServer)
        {
            open.ServerRefusal ??= refusal;
            open.ServerNetns = refusal.Netns;
            (open.ServerEndpoint, open.ClientEndpoint) = (refusal.Local, refusal.Remote);
        }
        else
        {
            open.ClientRefusal ??= refusal;
            (open.ClientEndpoint, open.ServerEndpoint) = (refusal.Local, refusal.Remote);
        }
    }

    private void AddToEnd(Case open, SocketEvent next)
    {
        ConnectionEnd? end = open.Ends.FirstOrDefault(known => known.Socket == next.Socket);
        if (end is null)
        {
            end = new ConnectionEnd(next);
            bool server = open.Client is not null || open.Server is null && IsServer(next);
            if (server)
            {
                open.Server ??= end;
                open.ServerNetns = next.Netns;
                (open.ServerEndpoint, open.ClientEndpoint) = (next.Local, next.Remote);
            }
            else
            {
                open.Client ??= end;
                (open.ClientEndpoint, open.ServerEndpoint) = (next.Local, next.Remote);
            }
        }
        end.Add(next);
    }

    private void Orient(Case open, TcpFlags flags, uint netns, Endpoint destination, Endpoint source)
    {
        if (open.Ends.Any() || open.QueueFull is not null || open.IsPlaced)
            return;
        bool fromClient = flags == TcpFlags.Syn || !flags.HasFlag(TcpFlags.Syn) && !IsService(netns, source, destination);
        (open.ClientEndpoint, open.ServerEndpoint) = fromClient ? (source, destination) : (destination, source);
    }

    /// <summary>Whether the source of a dropped segment is the service: a namespace on the way knows no listener, that of the client only its own.</summary>
    private bool IsService(uint netns, Endpoint source, Endpoint destination) =>
        _world.IsService(netns, source)
        || !_world.IsService(netns, destination) && _world.ListenersElsewhere(netns, source.Port).Any(listener => World.Covers(listener, source.Address));

    /// <summary>Whether the local end of an event is the service: as the kernel saw it opened, else by who listens, else by the lower port.</summary>
    private bool IsServer(SocketEvent next)
    {
        if (next.Sample?.Opener is Opener.Local or Opener.Remote)
            return next.Sample.Opener == Opener.Remote;
        if (next is StateChanged { From: TcpState.SynSent } or ResetReceived { State: TcpState.SynSent } or Retransmitted { State: TcpState.SynSent })
            return false;
        if (_world.IsService(next.Netns, next.Local))
            return true;
        return next.Local.Port < next.Remote.Port;
    }
}
