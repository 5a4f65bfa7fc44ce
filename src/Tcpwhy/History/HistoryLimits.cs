namespace Tcpwhy.History;

/// <summary>How much history is kept; what is older, or too much, is deleted from the oldest on.</summary>
public sealed record HistoryLimits
{
    public static readonly HistoryLimits Usual = new();

    public TimeSpan Age { get; init; } = TimeSpan.FromDays(14);

    /// <summary>Size of the file; the log beside it may add some MB.</summary>
    public long Bytes { get; init; } = 1L << 30;

    /// <summary>Readings are kept one by one for so long; then by minutes and hours.</summary>
    public TimeSpan SingleReadings { get; init; } = TimeSpan.FromDays(2);
}
