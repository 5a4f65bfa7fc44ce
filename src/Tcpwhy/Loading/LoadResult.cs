namespace Tcpwhy.Loading;

/// <summary>What bounded a load from our side, so that nobody blames the target.</summary>
public enum LoadLimit
{
    /// <summary>Nothing of ours: the target set the pace.</summary>
    None,
    Ports,
    Descriptors,
    Cpu,

    /// <summary>The rate that was asked for.</summary>
    Rate,
}

/// <summary>What a load came to.</summary>
public sealed record LoadResult
{
    /// <summary>A loop that computes for more than this share of its time cannot make more load.</summary>
    private const double Saturated = 0.9;

    public required LoadPlan Plan { get; init; }
    public required LoadCounts Counts { get; init; }

    /// <summary>The time over which rates are taken.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>How many threads or processes made the load.</summary>
    public required int Parts { get; init; }

    /// <summary>How many processes made the load.</summary>
    public int Processes { get; init; } = 1;

    /// <summary>Memory that is private to these processes, in bytes, when the load was at its largest; 0 when not measured.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>When the last of the connections that are held was open, from the start; zero when none are held.</summary>
    public TimeSpan OpenedIn { get; init; }

    /// <summary>What went wrong with the load itself, as a worker process that was killed.</summary>
    public required IReadOnlyList<string> Troubles { get; init; }

    public long Attempts => Counts.Succeeded + Counts.Failed;

    /// <summary>0 to 1.</summary>
    public double FailureShare => Attempts == 0 ? 0 : (double)Counts.Failed / Attempts;

    public double RequestsPerSecond => PerSecond(Counts.RequestsInTime);

    public double ConnectionsPerSecond => PerSecond(Counts.Connected);

    /// <summary>Processor time that a part used, as a share of its time.</summary>
    public double CpuShare => Length == TimeSpan.Zero ? 0 : Counts.Cpu / Length / Parts;

    public LoadLimit LimitedBy =>
        Counts.PortsMissing > 0 ? LoadLimit.Ports
        : Counts.DescriptorsMissing > 0 ? LoadLimit.Descriptors
        : CpuShare > Saturated && !RateIsMet ? LoadLimit.Cpu
        : Plan.Rate > 0 ? LoadLimit.Rate
        : LoadLimit.None;

    /// <summary>Attempts a second that were made.</summary>
    public double RateReached => PerSecond(Attempts + Counts.Unfinished);

    /// <summary>Whether the rate that was asked for was kept within 2 %.</summary>
    public bool RateIsMet => Plan.Rate > 0 && Counts.NeverBegun <= 0.02 * (Attempts + Counts.NeverBegun);

    private double PerSecond(long count) => Length <= TimeSpan.Zero ? 0 : count / Length.TotalSeconds;
}
