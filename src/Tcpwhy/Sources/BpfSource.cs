using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Btf;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Watches every TCP connection of the host, in every network namespace, from inside the kernel.</summary>
public sealed class BpfSource(Features features, ProcFs proc, TimeProvider time) : ISource
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly Cost _costBefore = Cost.Read();
    private Watch? _watch;

    /// <inheritdoc/>
    /// <exception cref="KernelException">The kernel refuses to load or attach.</exception>
    /// <exception cref="FeatureMissingException">This kernel cannot be watched so.</exception>
    public void Run(Action<Event> sink, CancellationToken stop)
    {
        Watch watch = _watch = Watch.Attach(features, proc);
        BtfFile btf = features.RequireBtf();
        var owners = new Owners(proc);
        owners.Scan();
        var events = new KernelEvents(time, EnumNames.ResetReasons(btf), EnumNames.DropReasons(btf), owners);
        var namespaces = new Namespaces(proc, owners, time);
        var meter = new TrafficMeter(watch);
        using var ring = new RingBuffer(watch.Events, (in KernelEvent raw) =>
        {
            if (events.Translate(raw) is { } translated)
                sink(translated);
        });

        List<Event> context = [.. namespaces.Discover()];
        sink(new Started { Time = Now(), Source = "ebpf", Kernel = features.KernelRelease, Unavailable = [.. watch.Unavailable] });
        context.ForEach(sink);

        var pace = new Pace(time, Tick);
        while (!stop.IsCancellationRequested)
        {
            ring.Poll(100);
            if (!pace.IsDue(out long tick))
                continue;
            Report(meter, sink, flows: false);
            if (tick % 4 == 0)
                Forward(namespaces.Counters(), sink);
            // Costlier looks share a hundredth of the time at most.
            if (tick % 8 == 0)
                pace.Afford(() => Forward(namespaces.Discover(), sink));
            if (tick % 16 == 4)
                pace.Afford(() => Forward(namespaces.Waiting(), sink));
        }
        while (ring.Poll(0) > 0)
        {
        }
        Forward(namespaces.Waiting(), sink);
        Forward(namespaces.Counters(), sink);
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

    public void Dispose() => _watch?.Dispose();

    private void Report(TrafficMeter meter, Action<Event> sink, bool flows)
    {
        if (meter.Lost() is var lost and > 0)
            sink(new Lost { Time = Now(), Count = lost, Where = "ring buffer" });
        sink(meter.Read(Now(), flows));
    }

    private static void Forward(IEnumerable<Event> events, Action<Event> sink)
    {
        foreach (Event next in events)
            sink(next);
    }

    private DateTimeOffset Now()
    {
        DateTimeOffset now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
