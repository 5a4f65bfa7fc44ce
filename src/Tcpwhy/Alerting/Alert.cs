using Tcpwhy.Model;

namespace Tcpwhy.Alerting;

/// <summary>Something that is, or was, over its threshold.</summary>
public sealed record Alert
{
    /// <summary>The rule's name.</summary>
    public required string Rule { get; init; }

    /// <summary>The signal's name; for a rule on any cause, that cause.</summary>
    public required string Signal { get; init; }
    public required SignalUnit Unit { get; init; }

    /// <summary>Whose it is, as a destination or a process: data from outside; empty when there is one only.</summary>
    public required string Subject { get; init; }
    public required Severity Severity { get; init; }

    /// <summary>What was measured last, in the signal's unit.</summary>
    public required double Value { get; init; }

    /// <summary>The greatest value since it fired.</summary>
    public required double Peak { get; init; }

    /// <summary>What was exceeded.</summary>
    public required double Threshold { get; init; }

    /// <summary>Where it ends.</summary>
    public required double Clear { get; init; }

    /// <summary>Within which time failures are counted; zero for other signals.</summary>
    public TimeSpan Window { get; init; }
    public required DateTimeOffset Fired { get; init; }

    /// <summary>When it came to its severity.</summary>
    public required DateTimeOffset Changed { get; init; }

    /// <summary>When it was last told.</summary>
    public required DateTimeOffset Told { get; init; }

    /// <summary>When it was last measured.</summary>
    public required DateTimeOffset Measured { get; init; }
    public DateTimeOffset? Resolved { get; init; }

    /// <summary>The finding that has most of the failures, for signals that count them.</summary>
    public AlertEvidence? Evidence { get; init; }

    /// <summary>Tells the alerts that last at one time apart.</summary>
    internal (string Rule, string Subject) Key => (Rule, Subject);
}

/// <summary>What diagnosis found behind an alert: of a finding, what a message can carry.</summary>
/// <param name="Who">The process, as java 4312, or null.</param>
/// <param name="Local">Endpoint on this side.</param>
/// <param name="Peer">Endpoint on the other side.</param>
/// <param name="Facts">Values that the cause's page names.</param>
/// <param name="Remedy">The first thing to change.</param>
public sealed record AlertEvidence(string Cause, string? Who, string Local, string Peer, IReadOnlyDictionary<string, string> Facts, Remedy? Remedy)
{
    public static AlertEvidence Of(Finding finding) => new(
        finding.Cause,
        finding.Who,
        finding.Local.ToString(),
        finding.Peer.ToString(),
        finding.Facts,
        finding.Remedy.Count > 0 ? finding.Remedy[0] : null);
}
