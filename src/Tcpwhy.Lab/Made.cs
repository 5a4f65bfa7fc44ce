using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>What a fault really did. Its processes live until the network is disposed, so that they can still be looked at.</summary>
public sealed record Made
{
    /// <summary>The cause's code.</summary>
    public required string Cause { get; init; }
    public required string Variant { get; init; }

    /// <summary>How many connections broke, or attempts failed.</summary>
    public required int Count { get; init; }

    /// <summary>Where the service is, or should have been.</summary>
    public required Endpoint Service { get; init; }

    /// <summary>The process that connected, null when none of ours did.</summary>
    public ProcessInfo? Client { get; init; }

    /// <summary>The process that serves, null when there is none.</summary>
    public ProcessInfo? Server { get; init; }

    /// <summary>Inode numbers of the two ends' network namespaces.</summary>
    public required uint ClientNetns { get; init; }
    public required uint ServerNetns { get; init; }

    /// <summary>What the applications saw, by outcome: ECONNRESET 7.</summary>
    public required IReadOnlyDictionary<string, int> Outcomes { get; init; }
}
