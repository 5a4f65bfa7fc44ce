namespace Tcpwhy.Model;

/// <summary>The answer for one window: what was seen, how well, at what cost, and why connections broke.</summary>
public sealed record Answer
{
    public required DateTimeOffset Start { get; init; }
    public required DateTimeOffset End { get; init; }
    public required string Source { get; init; }
    public string? Kernel { get; init; }
    public required IReadOnlyList<Unavailable> Unavailable { get; init; }
    public required long Events { get; init; }
    public required long Lost { get; init; }
    public required double CpuSeconds { get; init; }
    public required long PeakMemoryBytes { get; init; }
    public required long Opened { get; init; }
    public required long ClosedNormally { get; init; }
    public required long Failed { get; init; }

    /// <summary>Ranked: the first is the one to act on.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>What was wrong with the input, as a recording cut short; each is one sentence.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
