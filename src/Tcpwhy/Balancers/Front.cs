using Tcpwhy.Probing;

namespace Tcpwhy.Balancers;

/// <summary>How what stands in front treats its connections to us.</summary>
public enum FrontKind
{
    /// <summary>Clients themselves.</summary>
    None,

    /// <summary>It ends connections and keeps a pool of its own to us: we must never be the first to close an idle one.</summary>
    Pools,

    /// <summary>It passes connections through and forgets idle ones in silence: we must close or probe them before.</summary>
    Tracks,
}

/// <summary>What stands in front of the load balancer, and for how long it keeps or remembers an idle connection.</summary>
/// <param name="Word">As --front takes it.</param>
/// <param name="Name">As its maker calls it.</param>
public sealed record Front(string Word, string Name, FrontKind Kind)
{
    /// <summary>Those with a default that is documented by its maker.</summary>
    public static readonly IReadOnlyList<Front> Known =
    [
        new("none", "clients", FrontKind.None),
        Of("alb", "AWS ALB", "AWS Application Load Balancer", TimeoutSide.Server),
        Of("clb", "AWS Classic Load Balancer", "AWS Classic Load Balancer", TimeoutSide.Server),
        Of("nlb", "AWS NLB", "AWS Network Load Balancer, TCP", TimeoutSide.Path),
        Of("cloudfront", "Amazon CloudFront", "Amazon CloudFront, to the origin", TimeoutSide.Pool),
        Of("gcp", "Google Cloud HTTP(S) load balancer", "Google Cloud external Application Load Balancer", TimeoutSide.Pool),
        Of("azure", "Azure Load Balancer", "Azure Load Balancer", TimeoutSide.Path),
        Of("frontdoor", "Azure Front Door", "Azure Front Door", TimeoutSide.Pool),
        Of("cloudflare", "Cloudflare", "Cloudflare, to the origin", TimeoutSide.Pool),
        Of("heroku", "Heroku router", "Heroku router 2.0", TimeoutSide.Server),
        Of("nginx", "nginx", "nginx upstream", TimeoutSide.Pool),
        Of("envoy", "Envoy", "Envoy", TimeoutSide.Pool),
        Of("traefik", "Traefik", "Traefik", TimeoutSide.Pool),
    ];

    // Read when asked for: every command line names the fronts, and few need a time.
    private readonly Lazy<TimeSpan>? _default;
    private readonly TimeSpan? _told;

    /// <summary>What was told, else its default; null for none.</summary>
    public TimeSpan? Idle
    {
        get => _told ?? _default?.Value;
        init => _told = value;
    }

    private Lazy<TimeSpan>? Default
    {
        init => _default = value;
    }

    /// <summary>The front of that word, or null.</summary>
    public static Front? Find(string word) => Known.FirstOrDefault(front => front.Word == word);

    private static Front Of(string word, string name, string product, TimeoutSide side) =>
        new(word, name, side == TimeoutSide.Path ? FrontKind.Tracks : FrontKind.Pools) { Default = new(() => KnownTimeouts.Of(product, side)) };
}
