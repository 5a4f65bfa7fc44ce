namespace Tcpwhy.Sources;

/// <summary>When periodic work is due, and whether costly work can be afforded: its share of the time stays below a hundredth, or what is given.</summary>
internal sealed class Pace(TimeProvider time, TimeSpan tick, double share = 0.01)
{
    private static readonly TimeSpan Advance = TimeSpan.FromMilliseconds(200);
    private readonly long _start = time.GetTimestamp();
    private long _ticks;
    private TimeSpan _spent;

    /// <summary>Whether a tick has passed since the last one that was due; <paramref name="number"/> counts them from 1.</summary>
    public bool IsDue(out long number)
    {
        TimeSpan elapsed = time.GetElapsedTime(_start);
        bool due = elapsed >= tick * (_ticks + 1);
        if (due)
            _ticks = Math.Max(_ticks + 1, elapsed.Ticks / tick.Ticks);
        number = _ticks;
        return due;
    }

    /// <summary>Does costly work unless what it took so far exceeds its share; then it waits for a later turn.</summary>
    public void Afford(Action work)
    {
        if (_spent > time.GetElapsedTime(_start) * share + Advance)
            return;
        long before = time.GetTimestamp();
        work();
        _spent += time.GetElapsedTime(before);
    }
}
