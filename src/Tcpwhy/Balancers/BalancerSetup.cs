namespace Tcpwhy.Balancers;

/// <summary>What a configuration is to be written for: the surroundings of the load balancer, all of it checked.</summary>
public sealed record BalancerSetup
{
    public required IReadOnlyList<Backend> Backends { get; init; }

    /// <summary>Name of the frontend, backend or upstream.</summary>
    public string Name { get; init; } = "app";

    /// <summary>What stands in front, with the idle timeout that holds there.</summary>
    public Front Front { get; init; } = Front.Known[0];

    /// <summary>How long the backends keep an idle connection, or null when nobody said.</summary>
    public TimeSpan? BackendKeepAlive { get; init; }

    /// <summary>Whether that was measured, and not told.</summary>
    public bool KeepAliveIsMeasured { get; init; }

    /// <summary>The backends' idle timeout as a comment says it, without a word from outside.</summary>
    internal string BackendKeepAliveText => BackendKeepAlive is { } known ? TimeoutPlan.Text(known) + (KeepAliveIsMeasured ? ", measured" : "") : "idle timeout not known";

    /// <summary>HTTP, or bytes only.</summary>
    public bool Http { get; init; } = true;

    /// <summary>Path that a healthy backend answers with 2xx or 3xx, or null for a TCP check.</summary>
    public string? HealthPath { get; init; }

    /// <summary>Address to listen on; null for all.</summary>
    public string? ListenAddress { get; init; }
    public required int ListenPort { get; init; }

    /// <summary>Certificate (and, for HAProxy, its key) for clients, or null for no TLS.</summary>
    public string? Certificate { get; init; }

    /// <summary>The certificate's key when it has a file of its own.</summary>
    public string? Key { get; init; }

    /// <summary>The name that the backends' certificates bear; null for no TLS towards them.</summary>
    public string? BackendTlsName { get; init; }

    /// <summary>Path under which WebSockets are opened, "/" for anywhere; null for none.</summary>
    public string? WebSocketPath { get; init; }

    /// <summary>Most connections to one backend at once; more wait in a queue. Null for no limit.</summary>
    public int? MaxConnections { get; init; }

    /// <summary>Unprivileged user that the workers run as; null leaves it to the program.</summary>
    public string? User { get; init; }

    /// <summary>Name servers for backends whose names can change their address; empty when not known.</summary>
    public IReadOnlyList<string> Nameservers { get; init; } = [];

    /// <summary>Whether a path may be written into a configuration: absolute, of characters that no configuration language interprets.</summary>
    public static bool IsFilePath(string path) => path.Length is > 1 and <= 1000 && path[0] == '/' && path.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+@=".Contains(c, StringComparison.Ordinal));

    /// <summary>Whether it is the path of a URL without anything that a configuration language interprets.</summary>
    public static bool IsUrlPath(string path) => path.Length is > 0 and <= 1000 && path[0] == '/' && path.All(c => char.IsAsciiLetterOrDigit(c) || "/._-~%?&=+,:@".Contains(c, StringComparison.Ordinal));
}
