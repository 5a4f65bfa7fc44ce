namespace Tcpwhy.History;

/// <summary>Moments as the file has them: microseconds since 1970, UTC.</summary>
internal static class Moment
{
    public static long Of(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Read(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(
        Math.Clamp(microseconds, -62_000_000_000_000_000, 250_000_000_000_000_000) * TimeSpan.TicksPerMicrosecond);

    /// <summary>The beginning of the span of this length that the moment is in.</summary>
    public static DateTimeOffset Floor(DateTimeOffset time, TimeSpan span) => new(time.UtcTicks - (time.UtcTicks % span.Ticks), TimeSpan.Zero);
}
