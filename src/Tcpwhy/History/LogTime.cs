namespace Tcpwhy.History;

/// <summary>A moment that a line of a log names.</summary>
/// <param name="Time">Its beginning, UTC.</param>
/// <param name="Precision">How finely the line tells it: 1 ms, 1 s, 1 min.</param>
/// <param name="AsUtc">The line names no zone, and this is what it means if it is written in UTC rather than in this host's zone.</param>
public readonly record struct LogTime(DateTimeOffset Time, TimeSpan Precision, bool AsUtc = false);
