namespace Tcpwhy.Sources;

/// <summary>When periodic work is due, and whether it can be afforded: its share of the time stays below a hundredth, or what is given.</summary>
/// <param name="clock">What the work's cost is read from: the time that passes, in which events wait to be taken, unless another is given. On a busy host most of that is others' turn.</param>
internal sealed class Pace(TimeProvider time, TimeSpan interval, double share = 0.01, double advanceSeconds = 0.2, Func<TimeSpan>? clock = null)
{
    private readonly TimeSpan _advance = TimeSpan.FromSeconds(advanceSeconds);
    private readonly long _start = time.GetTimestamp();
    private long _intervals;
    private TimeSpan _spent;

    private TimeSpan Elapsed => time.GetElapsedTime(_start);

    /// <summary>Whether an interval has passed since the last time that it was due; whoever asks too late has missed some.</summary>
    public bool IsDue()
    {
        TimeSpan elapsed = Elapsed;
        bool due = elapsed >= interval * (_intervals + 1);
        if (due)
            _intervals = elapsed.Ticks / interval.Ticks;
        return due;
    }

    /// <summary>Does costly work unless what it took so far exceeds its share; then it waits for a later turn.</summary>
    public void Afford(Action work)
    {
        if (_spent > Elapsed * share + _advance)
            return;
        TimeSpan before = clock?.Invoke() ?? Elapsed;
        work();
        _spent += (clock?.Invoke() ?? Elapsed) - before;
    }
}
