namespace Tcpwhy.Readings;

/// <summary>What a warning is about.</summary>
public enum WarningKind
{
    /// <summary>More connections than <see cref="Thresholds.MaxConnections"/>.</summary>
    Connections,

    /// <summary>More sockets in TIME_WAIT than <see cref="Thresholds.TimeWait"/>.</summary>
    TimeWait,

    /// <summary>More new connections per second than <see cref="Thresholds.ConnectionRate"/>.</summary>
    ConnectionRate,

    /// <summary>A greater share failed than <see cref="Thresholds.ErrorRate"/>.</summary>
    ErrorRate,

    /// <summary>A limit is near: <see cref="Warning.Gauge"/> tells which.</summary>
    Limit,

    /// <summary>Listeners dropped SYNs since the reading before.</summary>
    ListenDrops,

    /// <summary>An interface had errors or dropped packets since the reading before.</summary>
    InterfaceFaults,
}

/// <summary>One thing that is over its threshold, or near a limit.</summary>
/// <param name="Subject">What it is about where there are several: an interface; else empty.</param>
/// <param name="Value">What was read.</param>
/// <param name="Threshold">What it should stay below, in the same unit.</param>
public sealed record Warning(WarningKind Kind, string Subject, double Value, double Threshold)
{
    /// <summary>The limit that is near, for <see cref="WarningKind.Limit"/>.</summary>
    public Tuning.Gauge? Gauge { get; init; }
}
