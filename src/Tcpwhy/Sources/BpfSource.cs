using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Btf;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Watches every TCP connection of the host, in every network namespace, from inside the kernel.</summary>
public sealed class BpfSource : ISource
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    /// <summary>Events that are taken at once, and what the ring holds.</summary>
    private const int Batch = 2_048, Room = 32_768;

    private readonly Features _features;
    private readonly ProcFs _proc;
    private readonly TimeProvider _time;
    private readonly Watch _watch;
    private readonly Cost _costBefore = Cost.Read();

    private BpfSource(Features features, ProcFs proc, TimeProvider time, bool payload)
    {
        (_features, _proc, _time) = (features, proc, time);
        _watch = Watch.Attach(features, payload);
    }

    /// <summary>Loads and attaches the programs: from here on nothing is missed.</summary>
    /// <exception cref="KernelException">The kernel refuses to load or attach.</exception>
    /// <exception cref="FeatureMissingException">This kernel cannot be watched so.</exception>
    /// <exception cref="DllNotFoundException">libbpf.so.1 is missing.</exception>
    public static BpfSource Attach(Features features, ProcFs proc, TimeProvider time, bool payload = false) => new(features, proc, time, payload);

    /// <inheritdoc/>
    public void Run(Action<Event> sink, CancellationToken stop)
    {
        // What is left to do: read maps and iterators, look at /proc, enter namespaces. All other rights of root go.
        // Threads of the pool may descend from this one, and those of the lab forge resets: hence CAP_NET_RAW.
        Capabilities.Drop(Capability.CAP_NET_RAW, Capability.CAP_BPF, Capability.CAP_PERFMON, Capability.CAP_NET_ADMIN, Capability.CAP_SYS_PTRACE, Capability.CAP_SYS_ADMIN, Capability.CAP_DAC_READ_SEARCH);
        BtfFile btf = _features.RequireBtf();
        var owners = new Owners(_proc);
        var events = new KernelEvents(_time, EnumNames.ResetReasons(btf), EnumNames.DropReasons(btf), owners);
        var namespaces = new Namespaces(_proc, _time);
        var meter = new TrafficMeter(_watch, _proc);
        var inquiry = new Inquiry(_watch, namespaces, events, Now);
        var siblings = new SiblingSearch(_watch, events, Now);
        var limits = new LimitReader(_proc, namespaces, Now);
        var timeWait = new TimeWaitSockets(namespaces, _proc, Now, meter.Flows);
        var unrouted = new Unrouted(_watch, namespaces, events, _time);
        var fullQueues = new FullQueues(namespaces, Now);
        var starved = new StarvedServers(_proc, namespaces, owners, Now);
        var sockets = new SocketLook(_watch, events, starved, Now);
        void Take(in KernelEvent raw)
        {
            // Ports run out by the range that is in force now, and a route is looked for where it was.
            if (raw.kind == EventKind.CallFailed || raw is { kind: EventKind.State, old_state: (byte)TcpState.SynSent, local_port: 0 })
                Forward(namespaces.Refresh(raw.netns), sink);
            if ((raw.kind == EventKind.CallFailed ? unrouted.Explain(raw) : events.Translate(raw)) is not { } translated)
                return;
            // What is full at this moment may have room at the next.
            Forward(limits.Behind(translated), sink);
            sink(translated);
            namespaces.Met(translated.Netns);
            if (translated is StateChanged { Stranded: true })
                namespaces.Suspect(translated.Netns);
            inquiry.Observe(translated);
            siblings.Observe(translated);
            if (translated is AcceptQueueFull full)
                fullQueues.Observe(full);
            else if (translated is Listening listening)
                starved.Observe(listening);
        }
        using var ring = new RingBuffer(_watch.Events, Take);

        List<Event> context = [.. namespaces.Discover()];
        sockets.Run(context.Add, listeners: true, waiting: true);
        sink(new Started { Time = Now(), Source = "ebpf", Kernel = _features.KernelRelease, Unavailable = [.. _watch.Unavailable] });
        context.ForEach(sink);

        Pace counts = new(_time, Tick), explanations = new(_time, 4 * Tick);
        // Many namespaces, to be entered one by one, must not take the looks at sockets their time.
        Pace entries = new(_time, 8 * Tick);
        Pace looks = new(_time, 8 * Tick, advanceSeconds: 0.5, clock: Clock.ThreadCpu), waits = new(_time, 64 * Tick);
        // A busy host has a hundred thousand sockets in TIME_WAIT.
        Pace closedLooks = new(_time, 32 * Tick, share: 0.005);
        // Deaths are rare, and what is asked about one cannot wait.
        Pace questions = new(_time, Tick, share: 0.05, advanceSeconds: 3);
        // A queue that is full for long must not take the looks for want of descriptors their time.
        Pace queueLooks = new(_time, Tick, clock: Clock.ThreadCpu), starvedLooks = new(_time, Tick, clock: Clock.ThreadCpu);
        // So cannot what is asked about an attempt, but who fails may fail all day.
        Pace siblingLooks = new(_time, Tick, advanceSeconds: 1, clock: Clock.ThreadCpu);
        while (!stop.IsCancellationRequested)
        {
            ring.Poll(100, Batch);
            if (namespaces.IsDue)
                Forward(namespaces.Discover(), sink);
            if (inquiry.IsDue)
                questions.Afford(() => inquiry.Run(sink));
            if (fullQueues.IsDue)
                queueLooks.Afford(() => Forward(fullQueues.Look(), sink));
            if (siblings.IsDue)
                siblingLooks.Afford(() => siblings.Run(sink));
            if (!counts.IsDue())
                continue;
            Report(meter, sink, flows: false);
            Forward(limits.Near(), sink);
            foreach (KernelEvent call in unrouted.LeftBehind())
                Take(call);
            starvedLooks.Afford(() => Forward(starved.Look(), sink));
            if (explanations.IsDue())
                Forward(timeWait.Explained(namespaces.Counters(), closedLooks), sink);
            if (entries.IsDue())
                entries.Afford(() => Forward(namespaces.Discover(), sink));
            if (closedLooks.IsDue())
                closedLooks.Afford(() => Forward(timeWait.LookAll(), sink));
            if (looks.IsDue())
                looks.Afford(() => sockets.Run(sink, listeners: false, waiting: waits.IsDue()));
        }
        // What the ring held as the end came; in a flood there is always more.
        for (int taken = 0, more; taken < Room && (more = ring.Poll(0, Batch)) > 0;)
            taken += more;
        foreach (KernelEvent call in unrouted.LeftBehind())
            Take(call);
        siblings.Run(sink, all: true);
        Forward(namespaces.Discover(), sink);
        sockets.Run(sink, listeners: false, waiting: true);
        Forward(timeWait.Explained(namespaces.Counters(), null), sink);
        Forward(timeWait.LookAll(), sink);
        Report(meter, sink, flows: true);
        Cost cost = Cost.Read();
        sink(new Ended
        {
            Time = Now(),
            Events = (long)meter.Events,
            CpuSeconds = Math.Round((cost.Cpu - _costBefore.Cpu).TotalSeconds, 3),
            PeakMemoryBytes = cost.PeakMemoryBytes,
        });
    }

    public void Dispose() => _watch.Dispose();

    private void Report(TrafficMeter meter, Action<Event> sink, bool flows)
    {
        if (meter.Lost() is var lost and > 0)
            sink(new Lost { Time = Now(), Count = lost, Where = "ring buffer" });
        if (meter.Missed() is var missed and > 0)
            sink(new Lost { Time = Now(), Count = missed, Where = "programs" });
        sink(meter.Read(Now(), flows));
    }

    private static void Forward(IEnumerable<Event> events, Action<Event> sink)
    {
        foreach (Event next in events)
            sink(next);
    }

    private DateTimeOffset Now()
    {
        DateTimeOffset now = _time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
