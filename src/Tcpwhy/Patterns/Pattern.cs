namespace Tcpwhy.Patterns;

/// <summary>What a series shows, or what failures go along with: one thing with its numbers. The set is closed.</summary>
/// <param name="Subject">The series, as <see cref="Series.Name"/> has it.</param>
public abstract record Pattern(string Subject)
{
    /// <summary>How likely chance alone would show it so clearly, 0 to 1, search among candidates accounted for; null when nothing was tested.</summary>
    public double? P { get; init; }
}

/// <summary>Too few points to tell.</summary>
public sealed record InsufficientData(string Subject, int Points, int Needed) : Pattern(Subject);

/// <summary>Nothing but noise: what varies does so as chance would have it.</summary>
public sealed record Normal(string Subject, double Low, double Median, double High) : Pattern(Subject);

/// <summary>It rises or falls over the whole window (Mann-Kendall, Theil-Sen).</summary>
/// <param name="PerSecond">Slope: the median over all pairs of points.</param>
/// <param name="Least">Lower end of the slope's 95 % confidence interval.</param>
/// <param name="Most">Its upper end.</param>
/// <param name="From">Where the line begins.</param>
/// <param name="To">Where it ends.</param>
public sealed record Trend(string Subject, double PerSecond, double Least, double Most, double From, double To) : Pattern(Subject)
{
    /// <summary>Whether it changed within the window by at least half of where it began.</summary>
    public bool IsRapid => Math.Abs(To - From) >= 0.5 * Math.Max(Math.Abs(From), double.Epsilon);
}

/// <summary>It comes back at a fixed interval (Lomb-Scargle against red noise).</summary>
/// <param name="Cycles">How many of them the window holds.</param>
/// <param name="Low">Mean in the lowest part of the cycle.</param>
/// <param name="High">Mean in its highest part.</param>
/// <param name="Peak">When that highest part first was.</param>
/// <param name="Share">How much of the variation it explains, 0 to 1.</param>
public sealed record Periodic(string Subject, TimeSpan Period, double Cycles, double Low, double High, DateTimeOffset Peak, double Share) : Pattern(Subject);

/// <summary>It changed from one level to another and stayed there (largest cumulative sum).</summary>
/// <param name="At">When the new level began.</param>
/// <param name="Within">How exactly that can be told: the distance between two points.</param>
/// <param name="Before">Mean level until then.</param>
/// <param name="After">Mean level since.</param>
public sealed record LevelShift(string Subject, DateTimeOffset At, TimeSpan Within, double Before, double After) : Pattern(Subject);

/// <summary>It goes up and down with another series (Spearman).</summary>
/// <param name="Other">The other series.</param>
/// <param name="Correlation">Rank correlation, -1 to 1.</param>
/// <param name="Points">How many independent points that rests on.</param>
public sealed record FollowsLoad(string Subject, string Other, double Correlation, double Points) : Pattern(Subject);

/// <summary>It begins when another series passes a value (maximally selected ranks).</summary>
/// <param name="Other">The other series, as connections to 10.0.9.8.</param>
/// <param name="Threshold">The least value of the other that belongs to the upper part.</param>
/// <param name="Below">Mean per point while the other is below.</param>
/// <param name="Above">Mean per point from there on.</param>
/// <param name="PointsBelow">How many points lie below.</param>
/// <param name="PointsAbove">How many lie above.</param>
public sealed record StartsAbove(string Subject, string Other, double Threshold, double Below, double Above, int PointsBelow, int PointsAbove) : Pattern(Subject)
{
    /// <summary>Whether there is next to nothing below, so that it starts there rather than rises.</summary>
    public bool Starts => Below <= 0.05 * Above;
}

/// <summary>It comes within a short time after a process was started again.</summary>
/// <param name="Comm">The process.</param>
/// <param name="Restarts">How many times it was started again in the window.</param>
/// <param name="Within">How long after such a start is looked at.</param>
/// <param name="Near">How many fell into these times.</param>
/// <param name="Total">How many there were in all.</param>
/// <param name="Share">The share of the window that these times are.</param>
public sealed record FollowsRestart(string Subject, string Comm, int Restarts, TimeSpan Within, long Near, long Total, double Share) : Pattern(Subject)
{
    /// <summary>When the process was started again for the first time.</summary>
    public required DateTimeOffset First { get; init; }
}

/// <summary>It depends on the time of day.</summary>
/// <param name="FromHour">Hour (UTC, 0 to 23) with which the busiest part of the day begins.</param>
/// <param name="ToHour">Hour with which it ends, itself not included.</param>
/// <param name="There">Mean per hour in that part.</param>
/// <param name="Elsewhere">Mean per hour in the rest of the day.</param>
/// <param name="Days">How many days were compared.</param>
public sealed record FollowsClock(string Subject, int FromHour, int ToHour, double There, double Elsewhere, int Days) : Pattern(Subject);

/// <summary>One peer has more of it than its share of the connections.</summary>
/// <param name="Peer">The peer's address.</param>
/// <param name="Count">How many it has.</param>
/// <param name="Total">How many there were in all.</param>
/// <param name="Share">The peer's share of all connections, 0 to 1.</param>
public sealed record FollowsPeer(string Subject, string Peer, long Count, long Total, double Share) : Pattern(Subject);
