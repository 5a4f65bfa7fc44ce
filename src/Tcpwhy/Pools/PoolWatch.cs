using System.Collections.Concurrent;
using Tcpwhy.Filtering;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Pools.Runtimes;
using Tcpwhy.Pools.Runtimes.DotNet;
using Tcpwhy.Sources;

namespace Tcpwhy.Pools;

/// <summary>Watches the host's pools for a window: samples of all sockets, and beside them what the kernel counts of connections too short to be sampled.</summary>
public sealed class PoolWatch(SocketTable table, ISource? counter, ProcFs proc, Filter filter, TimeProvider time)
{
    // A host with 200,000 sockets takes 0.4 s to list: beyond what a start costs, looking takes a tenth of one CPU at most.
    private const int CostShare = 10;
    private static readonly TimeSpan StartCost = TimeSpan.FromMilliseconds(500);

    /// <summary>Reads beside it what processes count themselves; null to leave them alone.</summary>
    public OwnCounters? Counters { get; init; }

    /// <summary>Samples until <paramref name="stop"/>, twice at least; <paramref name="onBegin"/> is called when everything is in place, <paramref name="onSample"/> after each sample.</summary>
    public PoolReport Run(TimeSpan interval, Action onBegin, Action<int> onSample, CancellationToken stop)
    {
        Cost before = Cost.Read();
        var sampler = new PoolSampler(table, filter);
        var observer = new PoolObserver();
        ConcurrentQueue<Event> counted = new();
        using var counting = new CancellationTokenSource();
        using var ready = new ManualResetEventSlim(counter is null);
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                counter!.Run(next => Keep(next, counted, ready), counting.Token);
            }
#pragma warning disable CA1031 // it is rethrown on the caller's thread
            catch (Exception error)
#pragma warning restore CA1031
            {
                failure = error;
            }
            ready.Set();
        })
        { Name = "counter", IsBackground = true };
        DateTimeOffset start;
        try
        {
            if (counter is not null)
                thread.Start();
            ready.Wait(CancellationToken.None);
            start = time.GetUtcNow();
            onBegin();
            Sample(sampler, observer, interval, onSample, stop);
        }
        finally
        {
            counting.Cancel();
            Counters?.End();
            if (counter is not null)
                thread.Join();
        }
        if (failure is not null)
            throw new InvalidOperationException("the kernel's count broke off", failure);
        if (counter is not null)
            Count(counted, observer);
        Cost after = Cost.Read();
        return new PoolReport
        {
            Start = start,
            End = time.GetUtcNow(),
            Source = table.Source,
            Samples = observer.Samples,
            ChurnFromKernel = counter is not null,
            Unseen = sampler.Unseen,
            CountersUnread = Counters?.Unread ?? [],
            CpuSeconds = (after.Cpu - before.Cpu).TotalSeconds,
            Pools = PoolReport.Rank(Described(observer, sampler, counted)),
        };
    }

    private void Sample(PoolSampler sampler, PoolObserver observer, TimeSpan interval, Action<int> onSample, CancellationToken stop)
    {
        long began = time.GetTimestamp();
        TimeSpan spent = -StartCost;
        bool last = false;
        while (true)
        {
            TimeSpan at = time.GetElapsedTime(began), cpu = Cost.Read().Cpu;
            observer.Observe(sampler.Take(at));
            onSample(observer.Samples);
            Counters?.See(sampler.Processes.Keys);
            if (last)
                return;
            spent += Cost.Read().Cpu - cpu;
            TimeSpan due = at + interval, affordable = spent * CostShare, now = time.GetElapsedTime(began);
            TimeSpan pause = (due > affordable ? due : affordable) - now;
            // What happened since the sample before counts too: one more, and then the end.
            last = stop.WaitHandle.WaitOne(pause > TimeSpan.Zero ? pause : TimeSpan.Zero);
        }
    }

    private static void Keep(Event next, ConcurrentQueue<Event> counted, ManualResetEventSlim ready)
    {
        if (next is Started)
            ready.Set();
        else if (next is StateChanged { To: TcpState.Closed } or TrafficCounted { Flows.Length: > 0 })
            counted.Enqueue(next);
    }

    private void Count(ConcurrentQueue<Event> counted, PoolObserver observer)
    {
        observer.Count(counted.OfType<TrafficCounted>().SelectMany(one => one.Flows), filter);
        foreach (StateChanged end in counted.OfType<StateChanged>())
            observer.Count(end, filter);
    }

    /// <summary>The pools with what /proc tells of their processes and namespaces.</summary>
    private List<Pool> Described(PoolObserver observer, PoolSampler sampler, ConcurrentQueue<Event> counted)
    {
        foreach (TrafficFlow flow in counted.OfType<TrafficCounted>().SelectMany(one => one.Flows))
        {
            if (flow.Process is { } process)
                sampler.Processes.TryAdd(process.Pid, process);
        }
        Dictionary<int, (Runtime Runtime, DescriptorUse? Descriptors)> known = [];
        List<Pool> described = [];
        var ports = new PortRanges(proc);
        foreach (Pool pool in observer.Conclude(ports.Of, ownersKnown: sampler.Unseen.Processes == 0))
        {
            if (!known.TryGetValue(pool.Pid, out var process))
                known[pool.Pid] = process = pool.Pid == 0 ? default : (RuntimeRecogniser.Of(proc, pool.Pid), Descriptors(pool.Pid));
            described.Add(pool with { Process = sampler.Processes.GetValueOrDefault(pool.Pid), Runtime = process.Runtime, Descriptors = process.Descriptors, Own = Counters?.Of(pool.Pid, pool.Destination) ?? [] });
        }
        return described;
    }

    private DescriptorUse? Descriptors(int pid)
    {
        try
        {
            return FileLimit.Read(proc, pid) is { } limit ? new DescriptorUse(Directory.EnumerateFileSystemEntries(proc.Path($"{pid}/fd")).LongCount(), limit.Soft) : null;
        }
        catch (Exception hidden) when (hidden is KernelException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            return null; // another user's, or gone
        }
    }
}
