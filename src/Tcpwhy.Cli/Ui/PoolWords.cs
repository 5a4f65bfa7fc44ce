using Tcpwhy.Pools;
using Tcpwhy.Pools.Runtimes;

namespace Tcpwhy.Cli.Ui;

/// <summary>What verdicts on pools, and runtimes, are called.</summary>
internal static class PoolWords
{
    /// <summary>The verdict's code, the same in text and JSON.</summary>
    public static string Code(PoolVerdict verdict) => verdict switch
    {
        PoolVerdict.Leak => "leak",
        PoolVerdict.Exhausted => "exhausted",
        PoolVerdict.NoReuse => "no-reuse",
        PoolVerdict.StaleRisk => "stale-risk",
        PoolVerdict.TooLarge => "too-large",
        _ => "healthy",
    };

    public static string Title(PoolVerdict verdict) => verdict switch
    {
        PoolVerdict.Leak => "Connections pile up that nobody uses or closes",
        PoolVerdict.Exhausted => "The pool stands at its limit with every connection busy: callers wait",
        PoolVerdict.NoReuse => "A new connection for nearly every request",
        PoolVerdict.StaleRisk => "Idle connections are kept until they are dead",
        PoolVerdict.TooLarge => "Most connections of the pool are never used",
        PoolVerdict.Healthy => "The pool is healthy",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    public static string Remedy(PoolVerdict verdict) => verdict switch
    {
        PoolVerdict.Leak => "Close or give back every connection, on the error path too: read or cancel each response, and close what the peer has closed.",
        PoolVerdict.Exhausted => "Find what holds connections so long; if the peer can take more, raise the limit, and give callers a short timeout for waiting.",
        PoolVerdict.NoReuse => "Keep connections alive between requests: one client for the whole process, room for idle connections, and each response read to its end.",
        PoolVerdict.StaleRisk => "Let the pool give idle connections up before the peer or the path does, or prove them alive with TCP keep-alive.",
        PoolVerdict.TooLarge => "Lower the number of idle connections that are kept to what is busy at once, with some to spare.",
        PoolVerdict.Healthy => "Nothing to do.",
        _ => throw new ArgumentOutOfRangeException(nameof(verdict)),
    };

    /// <summary>The runtime's name; empty when it was not recognised.</summary>
    public static string Name(Runtime runtime) => runtime switch
    {
        Runtime.Java => "Java",
        Runtime.NodeJs => "Node.js",
        Runtime.DotNet => ".NET",
        Runtime.Python => "Python",
        Runtime.Go => "Go",
        Runtime.Ruby => "Ruby",
        Runtime.Php => "PHP",
        Runtime.Nginx => "nginx",
        Runtime.Haproxy => "HAProxy",
        Runtime.Envoy => "Envoy",
        _ => "",
    };
}
