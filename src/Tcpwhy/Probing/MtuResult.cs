using Tcpwhy.Diagnosis.Causes;

namespace Tcpwhy.Probing;

/// <summary>What a search for the path's MTU found.</summary>
public enum MtuOutcome
{
    /// <summary>Full segments arrive.</summary>
    Passes,

    /// <summary>Packets above a size vanish, and no router says so: pmtu-blackhole.</summary>
    BlackHole,

    /// <summary>Nothing is acknowledged or answered, at whatever size.</summary>
    Stalls,

    /// <summary>No connection, or it ended before a full segment could be tested.</summary>
    Untested,
}

/// <summary>One direction of a path: the largest packet that passes. Sizes are those of whole IP packets in bytes.</summary>
public sealed record MtuDirection
{
    public required MtuOutcome Outcome { get; init; }

    /// <summary>The largest packet that arrived.</summary>
    public int PassingBytes { get; init; }

    /// <summary>The smallest packet that vanished, or 0.</summary>
    public int VanishingBytes { get; init; }

    /// <summary>Whether a router told of its smaller MTU by ICMP, and the kernel kept to it.</summary>
    public bool ToldByRouter { get; init; }

    /// <summary>Segments sent again in vain at the size that vanished.</summary>
    public long Retransmits { get; init; }

    /// <summary>Segments that came while an earlier one was missing.</summary>
    public int OutOfOrder { get; init; }
}

/// <summary>The path's MTU to one address, in both directions.</summary>
public sealed record MtuResult
{
    /// <summary>The id of the cause when packets vanish for their size.</summary>
    public static string BlackHoleCause { get; } = new PmtuBlackhole().Id;

    /// <summary>The MTU of our own interface; 0 when unknown.</summary>
    public int InterfaceBytes { get; init; }
    public required MtuDirection There { get; init; }
    public required MtuDirection Back { get; init; }

    /// <summary>Connections that the search took.</summary>
    public required int Connections { get; init; }
    public bool IsBlackHole => There.Outcome == MtuOutcome.BlackHole || Back.Outcome == MtuOutcome.BlackHole;

    /// <summary>The size that passes both ways, as far as it is known; 0 when nothing is. An answer may have had no larger packets than those that were seen, so where none vanished it limits nothing.</summary>
    public int PassingBytes => Back.Outcome != MtuOutcome.BlackHole ? There.PassingBytes
        : There.PassingBytes == 0 ? Back.PassingBytes
        : Math.Min(There.PassingBytes, Back.PassingBytes);
}
