using Tcpwhy.Alerting;
using Tcpwhy.Model;
using Tcpwhy.Readings;

namespace Tcpwhy.Watching;

/// <summary>What one interval of watching brought: a reading at its end, and what broke in it.</summary>
public sealed record Tick
{
    /// <summary>When the interval began; it ended with the reading.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>The host at the end of the interval, its <see cref="Reading.Traffic"/> filled.</summary>
    public required Reading Reading { get; init; }

    /// <summary>What was judged in this interval alone, normal life included: the one to act on first.</summary>
    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Alerts that changed by it.</summary>
    public IReadOnlyList<AlertChange> Alerts { get; init; } = [];

    /// <summary>Events seen, and events that the kernel could not hand over.</summary>
    public long Events { get; init; }
    public long Lost { get; init; }

    /// <summary>Processor time that this program used in it.</summary>
    public TimeSpan Cpu { get; init; }

    /// <summary>The most physical memory that this program ever held.</summary>
    public long PeakMemoryBytes { get; init; }

    public DateTimeOffset End => Reading.Time;
}
