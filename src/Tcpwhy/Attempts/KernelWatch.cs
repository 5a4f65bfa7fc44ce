using Tcpwhy.Diagnosis;
using Tcpwhy.Filtering;
using Tcpwhy.Kernel;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Attempts;

/// <summary>The ordinary diagnosis of the kernel's events on a few targets, which tells the verdict of every single connection.</summary>
internal sealed class KernelWatch : IDisposable
{
    /// <summary>What the path and the other end have to tell of the last failure.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stop = new();
    private readonly ISource? _source;
    private readonly Task _run = Task.CompletedTask;
    private bool _finished;

    private KernelWatch(string obstacle) => Obstacle = obstacle;

    private KernelWatch(ISource source, IReadOnlyCollection<Endpoint> targets, Action<Verdict> onVerdict, Action<DateTimeOffset> onTime)
    {
        _source = source;
        Filter filter = targets.Count == 0 ? Filter.Everything : Filter.Parse([string.Join(" or ", targets.Select(target => $"dst {target}"))]);
        DateTimeOffset? judged = null;
        // When the source sums up its counts, all that happened before has been handed over; at the next time it has been judged.
        void Look(Event next)
        {
            if (next is not TrafficCounted)
                return;
            if (judged is { } time)
                onTime(time);
            judged = next.Time;
        }
        _run = Task.Factory.StartNew(
            () => Pipeline.Run(source, filter, Look, null, onVerdict, _stop.Token),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Why the kernel is not watched, or null.</summary>
    public string? Obstacle { get; }

    /// <summary>Attaches to the kernel where it lets us; never fails.</summary>
    public static KernelWatch Start(Func<ISource> open, IReadOnlyCollection<Endpoint> targets, Action<Verdict> onVerdict, Action<DateTimeOffset> onTime)
    {
        try
        {
            return new KernelWatch(open(), targets, onVerdict, onTime);
        }
        catch (KernelException refused)
        {
            return new KernelWatch(refused.Message);
        }
        catch (FeatureMissingException missing)
        {
            return new KernelWatch(missing.Message);
        }
        catch (DllNotFoundException)
        {
            return new KernelWatch("libbpf.so.1 is not installed");
        }
    }

    /// <summary>Takes in all that the kernel has to tell, and stops.</summary>
    /// <param name="wait">Whether the last failure may be so fresh that not all has been told.</param>
    public void Finish(bool wait)
    {
        if (_finished || _source is null)
            return;
        _finished = true;
        if (wait)
            Thread.Sleep(Aftermath);
        _stop.Cancel();
        _run.GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        if (!_finished)
        {
            _finished = true;
            _stop.Cancel();
            ((IAsyncResult)_run).AsyncWaitHandle.WaitOne();
        }
        _source?.Dispose();
        _stop.Dispose();
    }
}
