namespace Tcpwhy.Patterns;

/// <summary>One number over time; the points may be unevenly spaced and have gaps, and what is not a finite number is left out.</summary>
/// <param name="Name">What is counted, an English phrase, translated when shown: connections, sockets in TIME_WAIT.</param>
public sealed record Series(string Name, IReadOnlyList<SeriesPoint> Points);

/// <summary>A value at a moment.</summary>
public readonly record struct SeriesPoint(DateTimeOffset Time, double Value);
