using Tcpwhy.Model;

namespace Tcpwhy.Loading;

/// <summary>The slowest attempts of a load, as examples.</summary>
public sealed class SlowAttempts
{
    private const int Kept = 5;
    private readonly List<SlowAttempt> _slowest = [];
    private TimeSpan _threshold;

    /// <summary>The slowest first.</summary>
    public IReadOnlyList<SlowAttempt> All => _slowest;

    /// <summary>Whether an attempt that took this long is among the slowest so far.</summary>
    public bool Wants(long nanoseconds) => nanoseconds / 100 > _threshold.Ticks;

    public void Add(SlowAttempt attempt)
    {
        int at = _slowest.FindIndex(other => other.Took < attempt.Took);
        _slowest.Insert(at < 0 ? _slowest.Count : at, attempt);
        if (_slowest.Count > Kept)
            _slowest.RemoveAt(Kept);
        if (_slowest.Count == Kept)
            _threshold = _slowest[^1].Took;
    }

    public void Add(SlowAttempts others)
    {
        foreach (SlowAttempt attempt in others._slowest)
            Add(attempt);
    }
}

/// <summary>One slow attempt.</summary>
/// <param name="At">When it was due, from the start of the load.</param>
/// <param name="Took">From there to its outcome.</param>
/// <param name="Waited">How long it waited for a free connection of the load before anything was sent.</param>
/// <param name="Local">Our end of the connection.</param>
/// <param name="FirstOnConnection">Whether it had to connect first.</param>
public sealed record SlowAttempt(TimeSpan At, TimeSpan Took, TimeSpan Waited, Endpoint Local, bool FirstOnConnection);
