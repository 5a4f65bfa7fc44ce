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
/// <param name="Idle">Its default; null for none.</param>
public sealed record Front(string Word, string Name, FrontKind Kind, TimeSpan? Idle)
{
    /// <summary>Those with a default that is documented by its maker.</summary>
    public static readonly IReadOnlyList<Front> Known =
    [
        new("none", "clients", FrontKind.None, null),
        Of("alb", "AWS ALB", FrontKind.Pools, 60),
        Of("clb", "AWS Classic Load Balancer", FrontKind.Pools, 60),
        Of("nlb", "AWS NLB", FrontKind.Tracks, 350),
        Of("cloudfront", "Amazon CloudFront", FrontKind.Pools, 5),
        Of("gcp", "Google Cloud HTTP(S) load balancer", FrontKind.Pools, 600),
        Of("azure", "Azure Load Balancer", FrontKind.Tracks, 240),
        Of("frontdoor", "Azure Front Door", FrontKind.Pools, 90),
        Of("cloudflare", "Cloudflare", FrontKind.Pools, 900),
        Of("heroku", "Heroku router", FrontKind.Pools, 90),
        Of("nginx", "nginx", FrontKind.Pools, 60),
        Of("envoy", "Envoy", FrontKind.Pools, 3600),
        Of("traefik", "Traefik", FrontKind.Pools, 90),
    ];

    /// <summary>The front of that word, or null.</summary>
    public static Front? Find(string word) => Known.FirstOrDefault(front => front.Word == word);

    private static Front Of(string word, string name, FrontKind kind, int seconds) => new(word, name, kind, TimeSpan.FromSeconds(seconds));
}
