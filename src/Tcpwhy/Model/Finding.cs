using System.Text.Json.Serialization;

namespace Tcpwhy.Model;

/// <summary>How much somebody's work suffered; resets alone say nothing (15 to 25 % of healthy connections carry one).</summary>
public enum Severity
{
    /// <summary>Normal life, worth knowing.</summary>
    Info,
    Warning,
    Critical,
}

/// <summary>Where the change has to be made.</summary>
public enum Fault
{
    Unknown,
    Client,
    Server,
    LoadBalancer,
    Path,
    Host,
    Peer,
}

/// <summary>Why connections broke: one per cause, program, peer and port. A program that is started anew for each call, or has many workers, is one.</summary>
public sealed record Finding
{
    /// <summary>The cause's code, as server-close-unread.</summary>
    public required string Cause { get; init; }
    public required Severity Severity { get; init; }

    /// <summary>0 to 1.</summary>
    public required double Confidence { get; init; }

    /// <summary>How many connections broke, or attempts failed, for it.</summary>
    public required int Count { get; init; }

    /// <summary>How many of them ended with a FIN from both sides, so that traffic counts them as closed already.</summary>
    public int ClosedCleanly { get; init; }
    public required Fault Fault { get; init; }

    /// <summary>The process at fault, else the one that suffered, when one is on this host.</summary>
    public ProcessInfo? Process { get; init; }

    /// <summary>The other end's process, when it is on this host too.</summary>
    public ProcessInfo? PeerProcess { get; init; }

    /// <summary>Pids of further processes of that name which it happened to, in the order in which they came, as many as are remembered.</summary>
    public IReadOnlyList<int> MorePids { get; init; } = [];

    /// <summary>The same of the other end.</summary>
    public IReadOnlyList<int> MorePeerPids { get; init; } = [];

    /// <summary>The process in short, as java 4312, or curl 4312 +56 when it stands for others of its name; null when none is known.</summary>
    [JsonIgnore]
    public string? Who => Process is not { } process ? null : MorePids.Count == 0 ? $"{process.Comm} {process.Pid}" : $"{process.Comm} {process.Pid} +{MorePids.Count}";
    public uint Netns { get; init; }
    public required Endpoint Local { get; init; }

    /// <summary>The peer; port 0 when it differs from connection to connection.</summary>
    public required Endpoint Peer { get; init; }
    public required DateTimeOffset First { get; init; }
    public required DateTimeOffset Last { get; init; }
    public required IReadOnlyList<Evidence> Evidence { get; init; }
    public required IReadOnlyList<Remedy> Remedy { get; init; }

    /// <summary>Values that the cause's texts name in braces, as {unread}: see docs/causes.</summary>
    public required IReadOnlyDictionary<string, string> Facts { get; init; }

    /// <summary>Key of the sentence that says what would make a doubtful verdict certain, or null.</summary>
    public string? SettlesIt { get; init; }

    /// <summary>Up to ten connections as examples.</summary>
    public required IReadOnlyList<Example> Examples { get; init; }

    /// <summary>How long connections were idle when the server closed them, where that was seen: its idle timeout, when they agree.</summary>
    public IdleTimes? ClosedAfter { get; init; }

    /// <summary>How long they were idle when the client wrote on them again.</summary>
    public IdleTimes? ReusedAfter { get; init; }

    /// <summary>Whether events were lost while this was seen.</summary>
    public bool AcrossGap { get; init; }
}

/// <summary>One observation that speaks for a verdict or against it.</summary>
/// <param name="What">What was observed: an English phrase, translated when shown.</param>
/// <param name="Value">What it showed.</param>
/// <param name="Count">In how many connections.</param>
/// <param name="Source">Where it was seen, in the kernel's words: tcp:tcp_send_reset.</param>
/// <param name="Against">Whether it speaks against the verdict.</param>
public sealed record Evidence(string What, string Value, int Count, string Source, bool Against = false);

/// <summary>What to change. The text stands in the cause's page under the remedy's key.</summary>
/// <param name="Kind">"application", "sysctl", "load-balancer", "firewall" or "network".</param>
/// <param name="Key">Names the text in docs/causes.</param>
public sealed record Remedy(string Kind, string Key, string? Setting = null, string? From = null, string? To = null);

/// <summary>One connection of a finding: its ends and what happened to it, in order.</summary>
public sealed record Example(Endpoint Local, Endpoint Remote, DateTimeOffset Time, IReadOnlyList<TimelineEntry> Timeline);

/// <summary>One step of a connection's end, with the time before (negative) or after the death.</summary>
public sealed record TimelineEntry(TimeSpan Offset, string End, string What);
