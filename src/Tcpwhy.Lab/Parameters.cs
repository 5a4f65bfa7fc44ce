namespace Tcpwhy.Lab;

/// <summary>How a fault is varied.</summary>
public sealed record Parameters
{
    public bool Ipv6 { get; init; }

    /// <summary>Port of the service.</summary>
    public int Port { get; init; } = 8080;

    /// <summary>How many connections to break; null for the fault's own number.</summary>
    public int? Count { get; init; }

    /// <summary>One of the fault's <see cref="Fault.Variants"/>; null for the first.</summary>
    public string? Variant { get; init; }

    /// <summary>Name of the server's process, at most 15 characters.</summary>
    public string ServerName { get; init; } = "orders-api";

    /// <summary>Name of the client's process, at most 15 characters.</summary>
    public string ClientName { get; init; } = "checkout";

    /// <summary>Bytes of a request, at least 2.</summary>
    public int RequestBytes { get; init; } = 811;

    /// <summary>Bytes of a reply.</summary>
    public int ReplyBytes { get; init; } = 2039;

    /// <summary>It may change settings of the whole host for a moment.</summary>
    public bool AllowGlobal { get; init; }

    /// <summary>Healthy traffic between two other processes of the same machines goes on meanwhile.</summary>
    public bool BackgroundLoad { get; init; }
}
