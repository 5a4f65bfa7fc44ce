using System.Diagnostics;
using Tcpwhy.Kernel;

namespace Tcpwhy.Serving;

/// <summary>Runs things at a time to within about 0.1 ms: the runtime's timers are a millisecond coarse, a tenth of a delay that is to be ground truth.</summary>
internal sealed class Alarm : IDisposable
{
    // A nap cannot be interrupted by an earlier alarm: none is longer than this.
    private static readonly TimeSpan LongestNap = TimeSpan.FromMicroseconds(250);
    private readonly PriorityQueue<object, long> _due = new();
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _earlier = new(0, 1);
    private readonly Thread _thread;
    private volatile bool _over;

    public Alarm()
    {
        _thread = new Thread(Run) { Name = "alarm", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Runs the action on the pool after this time.</summary>
    public void After(TimeSpan time, Action action) => Add(time, action);

    /// <summary>Ends after this time. What awaits it goes on here, on the thread of all alarms, for waking another took 0.1 ms: it must be short.</summary>
    public Task WaitAsync(TimeSpan time)
    {
        if (time <= TimeSpan.Zero)
            return Task.CompletedTask;
        TaskCompletionSource over = new();
        Add(time, over);
        return over.Task;
    }

    public void Dispose()
    {
        _over = true;
        lock (_gate)
        {
            if (_earlier.CurrentCount == 0)
                _earlier.Release();
        }
        // What awaited the last alarm goes on here, and may be who disposes.
        if (Thread.CurrentThread == _thread)
            return;
        _thread.Join();
        _earlier.Dispose();
    }

    private void Add(TimeSpan time, object due)
    {
        long at = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        lock (_gate)
        {
            bool first = !_due.TryPeek(out _, out long head) || at < head;
            _due.Enqueue(due, at);
            if (first && _earlier.CurrentCount == 0)
                _earlier.Release();
        }
    }

    private void Run()
    {
        Nap.BePunctual();
        while (!_over)
        {
            object? due = null;
            TimeSpan left = Timeout.InfiniteTimeSpan;
            lock (_gate)
            {
                if (_due.TryPeek(out _, out long at))
                {
                    left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), at);
                    if (left <= TimeSpan.Zero)
                        due = _due.Dequeue();
                }
            }
            if (due is TaskCompletionSource over)
                over.SetResult();
            else if (due is Action action)
                ThreadPool.UnsafeQueueUserWorkItem(run => run(), action, preferLocal: false);
            else if (left == Timeout.InfiniteTimeSpan)
                _earlier.Wait();
            else if (left > TimeSpan.FromMilliseconds(3))
                _earlier.Wait(left - TimeSpan.FromMilliseconds(2));
            else
                Nap.For(left < LongestNap ? left : LongestNap);
        }
    }
}
