namespace Tcpwhy.Patterns;

/// <summary>Connections that broke in a window, and what may have gone along with them.</summary>
public sealed record Failures
{
    /// <summary>What broke, an English phrase, translated when shown: failures, resets.</summary>
    public required string Name { get; init; }
    public required DateTimeOffset Start { get; init; }
    public required DateTimeOffset End { get; init; }

    /// <summary>Each broken connection.</summary>
    public required IReadOnlyList<Failure> Each { get; init; }

    /// <summary>Loads of the whole host that failures may depend on, as connections.</summary>
    public IReadOnlyList<Series> Loads { get; init; } = [];

    /// <summary>Connections to one destination, by its address: failures with that peer alone are set beside it.</summary>
    public IReadOnlyDictionary<string, Series> PeerLoads { get; init; } = new Dictionary<string, Series>();

    /// <summary>Processes that came again under the same name with another pid.</summary>
    public IReadOnlyList<Restart> Restarts { get; init; } = [];

    /// <summary>How many connections each peer had in all, broken or not.</summary>
    public IReadOnlyDictionary<string, long> Connections { get; init; } = new Dictionary<string, long>();
}

/// <summary>A broken connection.</summary>
/// <param name="Peer">The other end's address.</param>
public readonly record struct Failure(DateTimeOffset Time, string Peer);

/// <summary>A process was started again.</summary>
public readonly record struct Restart(DateTimeOffset Time, string Comm);
