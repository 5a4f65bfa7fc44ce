namespace Tcpwhy.Readings;

/// <summary>From where on a reading is worth a warning.</summary>
public sealed record Thresholds
{
    public static readonly Thresholds Default = new();

    /// <summary>Connections of the host.</summary>
    public int MaxConnections { get; init; } = 1000;

    /// <summary>Sockets in TIME_WAIT.</summary>
    public int TimeWait { get; init; } = 5000;

    /// <summary>Connections opened and accepted per second.</summary>
    public double ConnectionRate { get; init; } = 100;

    /// <summary>Share of the connections that ended which failed, 0 to 1.</summary>
    public double ErrorRate { get; init; } = 0.05;

    /// <summary>Share of a limit from which on it is near, 0 to 1: ports, queues, tables, memory.</summary>
    public double Headroom { get; init; } = 0.8;
}
