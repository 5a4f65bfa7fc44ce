using System.Net.Sockets;
using Tcpwhy.Model;

namespace Tcpwhy.Probing;

/// <summary>The answer of a probe: what the resolver said, then each address judged apart.</summary>
public sealed record ProbeResult
{
    public required ProbePlan Plan { get; init; }

    /// <summary>When the probe began, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>What the resolver said, each time it was asked; empty for an address literal.</summary>
    public required IReadOnlyList<Resolved> Lookups { get; init; }

    /// <summary>Where names are looked up on this host, or null for an address literal.</summary>
    public string? Resolver { get; init; }
    public required IReadOnlyList<AddressResult> Addresses { get; init; }

    /// <summary>Why attempts failed, ranked: the first is the one to act on.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>What leaving connections idle showed, or null when that was not asked for.</summary>
    public IdleAnswer? Idle { get; init; }

    /// <summary>What reusing them showed, or null when that was not asked for.</summary>
    public ReuseAnswer? Reuse { get; init; }

    /// <summary>Whether the kernel was watched beside the attempts.</summary>
    public bool WatchedKernel { get; init; }

    /// <summary>How long the resolver took for the addresses of a family.</summary>
    public StageTimes? Resolve(AddressFamily family) => StageTimes.Of(Lookups.Where(lookup => lookup.Family == family).Select(lookup => lookup.Took));

    /// <summary>0 when every attempt on every address succeeded, with a certificate that clients accept; 5 when none did; 1 between.</summary>
    public int ExitCode =>
        Addresses.All(address => address.IsDead) ? Tcpwhy.ExitCode.Unreachable
        : Addresses.All(address => address is { IsWhole: true, Mtu: null or { IsBlackHole: false } }) && !Addresses.Any(address => address.Attempts.Any(attempt => attempt.Session?.Faults > CertificateFaults.None)) ? Tcpwhy.ExitCode.Done
        : Tcpwhy.ExitCode.Findings;
}
