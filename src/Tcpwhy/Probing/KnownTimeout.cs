namespace Tcpwhy.Probing;

/// <summary>Which idle connections a timeout ends.</summary>
public enum TimeoutSide
{
    /// <summary>Those that it accepted, between two requests.</summary>
    Server,

    /// <summary>Those that it accepted and on which no request came.</summary>
    FirstRequest,

    /// <summary>Its own to a server, kept for reuse.</summary>
    Pool,

    /// <summary>Those that pass through it.</summary>
    Path,

    /// <summary>Those that pass through it and on which data stayed unacknowledged.</summary>
    Unanswered,
}

/// <summary>An idle timeout that a product comes with.</summary>
/// <param name="Product">As its maker calls it.</param>
/// <param name="Versions">As people write them (>=6.0), or null for all known.</param>
/// <param name="Side">Which connections it ends.</param>
/// <param name="How">What the other end sees.</param>
/// <param name="Default">Null for never.</param>
/// <param name="Setting">What changes it, or null when nothing does.</param>
/// <param name="Source">The page that says so.</param>
public sealed record KnownTimeout(string Product, string? Versions, TimeoutSide Side, IdleEnd How, TimeSpan? Default, string? Setting, string Source);
