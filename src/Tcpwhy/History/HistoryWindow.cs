using Tcpwhy.Model;

namespace Tcpwhy.History;

/// <summary>What history knows of a time: the answer as a live window would give it, and how much of it was watched.</summary>
/// <param name="Watched">How much of the time from the answer's start to its end.</param>
/// <param name="Gaps">When nobody watched between them, the longest first; at most ten.</param>
/// <param name="Unkept">Broken connections that are counted and were not kept one by one.</param>
public sealed record HistoryWindow(Answer Answer, TimeSpan Watched, IReadOnlyList<Gap> Gaps, long Unkept);

/// <summary>A time of which history knows nothing.</summary>
public readonly record struct Gap(DateTimeOffset Start, DateTimeOffset End)
{
    public TimeSpan Length => End - Start;
}
