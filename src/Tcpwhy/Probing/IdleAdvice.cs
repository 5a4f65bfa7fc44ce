namespace Tcpwhy.Probing;

/// <summary>The values that keep a client clear of an idle limit.</summary>
/// <param name="PoolIdle">How long a pool may keep a connection idle at most.</param>
/// <param name="KeepAlive">How long a connection may be idle before a keep-alive of TCP goes out; null when the limit does not heed those, or is too short for them.</param>
public sealed record IdleAdvice(TimeSpan PoolIdle, TimeSpan? KeepAlive)
{
    // TCP_KEEPIDLE and TCP_KEEPINTVL count whole seconds, and a lost probe must have a second chance.
    private static readonly TimeSpan ShortestForKeepAlive = TimeSpan.FromSeconds(2);

    /// <summary>What follows from a limit: a pool stays a tenth, at least a second, below it; keep-alive goes out after half.</summary>
    public static IdleAdvice For(IdleLimit limit)
    {
        TimeSpan safe = limit.Timeout - (limit.Spread / 2);
        TimeSpan pool = safe - Max(safe / 10, TimeSpan.FromSeconds(Math.Min(1, safe.TotalSeconds / 2)));
        // What closes between requests of its protocol counts those, not segments.
        bool heeds = limit.How is IdleEnd.Silence or IdleEnd.ResetOnUse;
        return new IdleAdvice(Whole(pool), heeds && safe >= ShortestForKeepAlive ? Whole(safe / 2) : null);
    }

    // As people write settings: whole seconds, and below a second tenths.
    private static TimeSpan Whole(TimeSpan time) =>
        time.TotalSeconds >= 1 ? TimeSpan.FromSeconds(Math.Floor(time.TotalSeconds)) : TimeSpan.FromMilliseconds(Math.Max(100, Math.Floor(time.TotalSeconds * 10) * 100));

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
