namespace Tcpwhy.Loading;

/// <summary>When a loop's attempts are due, and how many it still owes. Times are nanoseconds from the start of the run.</summary>
/// <param name="quota">How many attempts are made; <see cref="long.MaxValue"/> is no limit.</param>
/// <param name="capacity">How many connections the loop may have open at once.</param>
/// <param name="ramp">How long it takes to grow to that, when no schedule says when attempts are due.</param>
internal sealed class DueAttempts(Schedule schedule, long quota, int capacity, TimeSpan ramp)
{
    private readonly double _rampNanoseconds = ramp.TotalNanoseconds;
    private long _begun;

    public bool AreSpent => _begun >= quota;

    /// <summary>Whether the next attempt is to begin now.</summary>
    public bool IsDue(long now) => !schedule.Exists || schedule.TimeOf(_begun) <= now;

    /// <summary>Takes the next attempt and returns when it was due.</summary>
    public long Take(long now)
    {
        long due = schedule.Exists ? schedule.TimeOf(_begun) : now;
        _begun++;
        return due;
    }

    /// <summary>How many connections may be open by now.</summary>
    public int Allowed(long now) => schedule.Exists || ramp == TimeSpan.Zero ? capacity
        : (int)Math.Min(capacity, 1 + (capacity * (now / _rampNanoseconds)));

    /// <summary>When to look again although no socket has news: for the next attempt that is due, if a connection is <paramref name="free"/> for it, or for the next step of the ramp; at <paramref name="latest"/> otherwise.</summary>
    public long Next(long now, bool free, long latest)
    {
        if (AreSpent)
            return latest;
        if (schedule.Exists && free)
            return Math.Min(latest, schedule.TimeOf(_begun));
        return ramp > TimeSpan.Zero && now < _rampNanoseconds ? Math.Min(latest, now + (long)(_rampNanoseconds / capacity)) : latest;
    }

    /// <summary>How many were due until <paramref name="end"/> and found no connection free: latency does not show those.</summary>
    public long NeverBegun(long end)
    {
        long due = _begun;
        while (schedule.Exists && due < quota && schedule.TimeOf(due) <= end)
            due++;
        return due - _begun;
    }
}
