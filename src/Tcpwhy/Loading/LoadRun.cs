using System.Diagnostics;
using Tcpwhy.Attempts;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Loading;

/// <summary>Runs a load in parts side by side and sums up what they count.</summary>
public sealed class LoadRun : IDisposable
{
    private static readonly TimeSpan tick = TimeSpan.FromMilliseconds(50);
    private readonly LoadPlan _plan;
    private readonly List<ILoadPart> _parts;
    private readonly int _processes;
    private long _start;

    private LoadRun(LoadPlan plan, List<ILoadPart> parts, int processes) => (_plan, _parts, _processes) = (plan, parts, processes);

    /// <summary>Prepares the parts of a load: threads, or worker processes when one may not have so many descriptors. <paramref name="onFailure"/> is called by any of them.</summary>
    /// <param name="program">How this program starts itself: its path, and what it needs before its verb.</param>
    /// <exception cref="Tcpwhy.Kernel.KernelException">The kernel gives no epoll.</exception>
    public static LoadRun Prepare(LoadPlan plan, LoadRoom room, IReadOnlyList<string> program, Action<FailedAttempt> onFailure, TimeProvider time)
    {
        if (plan.TlsName is not null)
            return new LoadRun(plan, [new TlsLoad(plan, onFailure, time)], 1);
        List<ILoadPart> parts = [];
        int processes = room.Processes(plan);
        int shares = processes > 1 ? processes : Math.Min(plan.Threads, plan.Connections);
        double rate = plan.Hold && plan.Rate == 0 && plan.Ramp > TimeSpan.Zero ? plan.Connections / plan.Ramp.TotalSeconds : plan.Rate;
        TimeSpan ramp = plan.Hold ? TimeSpan.Zero : plan.Ramp;
        for (int turn = 0; turn < shares; turn++)
        {
            int connections = ShareOf(plan.Connections, shares, turn);
            long quota = plan.Hold ? connections : plan.Count > 0 ? ShareOf(plan.Count, shares, turn) : long.MaxValue;
            parts.Add(processes > 1
                ? new WorkerProcess(program, new WorkerOrder(plan, connections, quota, rate, ramp, shares, turn), onFailure)
                : new LoopThread(new LoadLoop(plan, connections, quota, new Schedule(rate, ramp, shares, turn), turn, onFailure, time)));
        }
        return new LoadRun(plan, parts, processes);
    }

    /// <summary>What has been counted so far.</summary>
    public LoadCounts Look()
    {
        LoadCounts sum = new();
        foreach (ILoadPart part in _parts)
            part.AddTo(sum);
        return sum;
    }

    /// <summary>Time since the start.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>Runs to the end, or until <paramref name="stop"/>; <paramref name="onTick"/> is called every 50 ms.</summary>
    public LoadResult Run(Action? onTick, CancellationToken stop)
    {
        foreach (ILoadPart part in _parts)
            part.Prepare();
        _start = Stopwatch.GetTimestamp();
        long end = _plan.Hold || _plan.Duration == TimeSpan.Zero ? long.MaxValue : (long)_plan.Duration.TotalNanoseconds;
        foreach (ILoadPart part in _parts)
            part.EndAt(end);
        foreach (ILoadPart part in _parts)
            part.Start(_start, stop);
        TimeSpan? opened = null;
        long memory = 0;
        while (!_parts.TrueForAll(part => part.Ended))
        {
            Thread.Sleep(tick);
            if (_plan.Hold && opened is null && _parts.TrueForAll(part => part.AllOpened || part.Ended))
            {
                opened = Look().Elapsed;
                memory = _processes > 1 ? _parts.Sum(part => part.MemoryBytes()) : ProcessMemory.Read(new ProcFs(), Environment.ProcessId);
                foreach (ILoadPart part in _parts)
                    part.EndAt((long)(Elapsed + _plan.Duration).TotalNanoseconds);
            }
            onTick?.Invoke();
        }
        LoadCounts counts = Look();
        TimeSpan length = _plan.Duration > TimeSpan.Zero && !_plan.Hold && !stop.IsCancellationRequested && (_plan.Count == 0 || counts.Succeeded + counts.Failed < _plan.Count)
            ? _plan.Duration
            : stop.IsCancellationRequested ? Elapsed : counts.Elapsed;
        List<string> troubles = [];
        foreach (ILoadPart part in _parts)
        {
            if (part.Trouble is { } trouble)
                troubles.Add(trouble);
        }
        return new LoadResult
        {
            Plan = _plan,
            Counts = counts,
            Length = length,
            Parts = _parts.Count,
            Processes = _processes,
            OpenedIn = opened ?? TimeSpan.Zero,
            MemoryBytes = memory,
            Troubles = troubles,
        };
    }

    public void Dispose()
    {
        foreach (ILoadPart part in _parts)
            part.Dispose();
    }

    private static long ShareOf(long whole, int shares, int turn) => (whole / shares) + (turn < whole % shares ? 1 : 0);

    private static int ShareOf(int whole, int shares, int turn) => (int)ShareOf((long)whole, shares, turn);
}
