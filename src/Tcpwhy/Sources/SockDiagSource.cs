using Tcpwhy.Diagnosis;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Watches without eBPF, as any user can: looks at the sockets of its own network namespace twice a second and hears of each that is destroyed. Resets and drops stay unseen, and with them most causes.</summary>
public sealed class SockDiagSource : ISource
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(500);

    /// <summary>What sockets alone can show; everything else needs the kernel's tracepoints.</summary>
    private static readonly string[] Tellable = ["syn-dropped-firewall", "accept-queue-overflow-drop", "close-wait-leak", "retransmission-timeout", "time-wait-accumulation", "time-wait-bucket-overflow", "unknown-timeout"];

    private readonly Features _features;
    private readonly ProcFs _proc;
    private readonly TimeProvider _time;
    private readonly string _obstacle;
    private readonly TcpDestroyed _destroyed;
    private readonly InetDiagSocket _sockets = new();
    private readonly Dictionary<ulong, Retransmitted> _stuck = [];
    private readonly Dictionary<ulong, int> _known = [];
    private readonly HashSet<Endpoint> _listeners = [];
    private readonly HashSet<int> _services = [];
    private readonly Cost _costBefore = Cost.Read();
    private readonly uint _netns;
    private long _closed;
    private long _events;

    /// <exception cref="KernelException">The kernel has no sock_diag, or a sandbox forbids it.</exception>
    public SockDiagSource(Features features, ProcFs proc, TimeProvider time, string obstacle)
    {
        (_features, _proc, _time, _obstacle) = (features, proc, time, obstacle);
        _destroyed = new TcpDestroyed();
        _netns = proc.OwnNetworkNamespace() ?? 0;
    }

    /// <inheritdoc/>
    public void Run(Action<Event> sink, CancellationToken stop)
    {
        var owners = new Owners(_proc);
        owners.Scan();
        var namespaces = new Namespaces(_proc, _time);
        var timeWait = new TimeWaitSockets(namespaces, _proc, Now, () => []);
        List<Event> context = [.. namespaces.Discover(ownOnly: true)];
        FindListeners(owners, context.Add);
        sink(new Started
        {
            Time = Now(),
            Source = "sock_diag",
            Kernel = _features.KernelRelease,
            Unavailable = [.. Catalogue.All.Where(cause => Array.IndexOf(Tellable, cause.Id) < 0).Select(cause => new Unavailable(cause.Id, _obstacle))],
        });
        context.ForEach(sink);

        Pace pace = new(_time, Tick), explanations = new(_time, 2 * Tick), waits = new(_time, 4 * Tick), closedLooks = new(_time, 16 * Tick);
        while (!stop.IsCancellationRequested)
        {
            for (bool more = _destroyed.Read(100, (in InetDiagMessage socket) => Gone(socket, sink)); more;)
                more = _destroyed.Read(0, (in InetDiagMessage socket) => Gone(socket, sink));
            if (!pace.IsDue())
                continue;
            pace.Afford(() => Look(owners, sink));
            if (waits.IsDue())
                pace.Afford(() => FindWaiting(owners, sink));
            if (explanations.IsDue())
                Forward(timeWait.Explained(namespaces.Counters(), pace), sink);
            if (closedLooks.IsDue())
                pace.Afford(() => Forward(timeWait.LookAll(), sink));
            Report(sink);
        }
        Look(owners, sink);
        FindWaiting(owners, sink);
        Forward(timeWait.Explained(namespaces.Counters(), null), sink);
        Forward(timeWait.LookAll(), sink);
        Report(sink);
        Cost cost = Cost.Read();
        sink(new Ended { Time = Now(), Events = _events, CpuSeconds = Math.Round((cost.Cpu - _costBefore.Cpu).TotalSeconds, 3), PeakMemoryBytes = cost.PeakMemoryBytes });
    }

    public void Dispose()
    {
        _destroyed.Dispose();
        _sockets.Dispose();
    }

    private void FindListeners(Owners owners, Action<Event> sink)
    {
        _sockets.Dump(1u << (int)TcpState.Listen, InetDiagExtensions.None, (in InetDiagMessage socket) => Learn(socket, owners, sink));
    }

    /// <summary>Tells of a listener when it is first seen.</summary>
    private void Learn(in InetDiagMessage socket, Owners owners, Action<Event> sink)
    {
        Endpoint local = DiagEnds.Local(socket);
        if (!_listeners.Add(local))
            return;
        _services.Add(local.Port);
        var listening = new Listening
        {
            Time = Now(),
            Netns = _netns,
            Local = local,
            V6Only = socket.V6Only,
            Backlog = (int)socket.WriteQueue,
            Waiting = (int)socket.ReceiveQueue,
            Process = owners.Holding(socket.Inode),
        };
        owners.Observe(listening);
        sink(listening);
    }

    private void FindWaiting(Owners owners, Action<Event> sink)
    {
        var waiting = new WaitingSockets(TcpState.CloseWait);
        bool scanned = false;
        _sockets.Dump(1u << (int)TcpState.CloseWait, InetDiagExtensions.INFO, (in InetDiagMessage socket) =>
        {
            if (!scanned)
                owners.Scan();
            scanned = true;
            TcpInfo info = socket.Info;
            // The FIN was the last segment with an ACK that came, unless we wrote since.
            var quiet = TimeSpan.FromMilliseconds(Math.Min(info.tcpi_last_ack_recv, info.tcpi_last_data_sent == 0 ? uint.MaxValue : info.tcpi_last_data_sent));
            Endpoint local = DiagEnds.Local(socket);
            waiting.Add(new WaitingSocket(_netns, owners.Holding(socket.Inode), local, DiagEnds.Remote(socket), _services.Contains(local.Port), quiet, socket.ReceiveQueue));
        });
        Forward(waiting.Sum(Now()), sink);
    }

    /// <summary>Reports sockets that repeat themselves, and listeners that are full.</summary>
    private void Look(Owners owners, Action<Event> sink)
    {
        const uint Interesting = 1u << (int)TcpState.Established | 1u << (int)TcpState.SynSent | 1u << (int)TcpState.CloseWait | 1u << (int)TcpState.Listen;
        _sockets.Dump(Interesting, InetDiagExtensions.INFO, (in InetDiagMessage socket) =>
        {
            if (socket.State == (int)TcpState.Listen)
                LookAtListener(socket, owners, sink);
            else if (socket.Timer == 1 && socket.Retransmits > 0 && (socket.State == (int)TcpState.SynSent || socket.Retransmits >= 3))
                LookAtRetransmits(socket, owners, sink);
        });
    }

    private void LookAtListener(in InetDiagMessage socket, Owners owners, Action<Event> sink)
    {
        Learn(socket, owners, sink);
        if (socket.ReceiveQueue <= socket.WriteQueue)
            return;
        Endpoint local = DiagEnds.Local(socket);
        Send(sink, new AcceptQueueFull
        {
            Time = Now(),
            Netns = _netns,
            Local = local,
            Remote = Endpoint.None,
            Waiting = (int)socket.ReceiveQueue,
            Backlog = (int)socket.WriteQueue,
            Process = owners.Holding(socket.Inode),
        });
    }

    private void LookAtRetransmits(in InetDiagMessage socket, Owners owners, Action<Event> sink)
    {
        if (_known.TryGetValue(socket.Cookie, out int attempt) && attempt >= socket.Retransmits)
            return;
        _known[socket.Cookie] = socket.Retransmits;
        var again = new Retransmitted
        {
            Time = Now(),
            Netns = _netns,
            Socket = socket.Cookie,
            Local = DiagEnds.Local(socket),
            Remote = DiagEnds.Remote(socket),
            State = (TcpState)socket.State,
            Attempt = socket.Retransmits,
            Process = owners.Holding(socket.Inode),
            Sample = Sample(socket),
        };
        _stuck[socket.Cookie] = again;
        Send(sink, again);
    }

    private void Gone(in InetDiagMessage socket, Action<Event> sink)
    {
        _known.Remove(socket.Cookie);
        if (!_stuck.Remove(socket.Cookie, out Retransmitted? last))
        {
            _closed++;
            return;
        }
        Send(sink, new StateChanged
        {
            Time = Now(),
            Netns = _netns,
            Socket = socket.Cookie,
            Local = last.Local,
            Remote = last.Remote,
            From = last.State,
            To = TcpState.Closed,
            Process = last.Process,
            Sample = last.Sample,
        });
    }

    private void Report(Action<Event> sink)
    {
        sink(new TrafficCounted { Time = Now(), ClosedNormally = _closed });
        _closed = 0;
    }

    private void Send(Action<Event> sink, Event next)
    {
        _events++;
        sink(next);
    }

    private static void Forward(IEnumerable<Event> events, Action<Event> sink)
    {
        foreach (Event next in events)
            sink(next);
    }

    private static TcpSample Sample(in InetDiagMessage socket)
    {
        TcpInfo info = socket.Info;
        return new TcpSample
        {
            // Of what never happened the kernel says that it happened at boot.
            LastDataSent = info.tcpi_data_segs_out == 0 ? null : TimeSpan.FromMilliseconds(info.tcpi_last_data_sent),
            LastDataReceived = info.tcpi_data_segs_in == 0 ? null : TimeSpan.FromMilliseconds(info.tcpi_last_data_recv),
            LastAckReceived = info.tcpi_segs_in == 0 ? null : TimeSpan.FromMilliseconds(info.tcpi_last_ack_recv),
            UnackedBytes = (int)socket.WriteQueue,
            UnreadBytes = (int)socket.ReceiveQueue,
            RetransmitsTotal = (int)info.tcpi_total_retrans,
            RetransmitsInARow = info.tcpi_retransmits,
            Backoff = info.tcpi_backoff,
            RttMicroseconds = (int)info.tcpi_rtt,
            RetransmitTimeoutMicroseconds = (int)info.tcpi_rto,
            Uid = socket.Uid,
        };
    }

    private DateTimeOffset Now()
    {
        DateTimeOffset now = _time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
