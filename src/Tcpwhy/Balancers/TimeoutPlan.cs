using Tcpwhy.Probing;

namespace Tcpwhy.Balancers;

/// <summary>The timeouts that follow from the ordering law: a client's pool gives up an idle connection before its server does, at each hop, and TCP keep-alive speaks before any box on the way forgets. Whole seconds, but for pools below one.</summary>
public sealed record TimeoutPlan
{
    /// <summary>What browsers and pools without a front are granted; above the 60 s of the commonest ones.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(75);

    /// <summary>What is assumed of a server that nothing is known of: the commonest default of those that keep connections briefly, as Node.js, uvicorn and Apache httpd.</summary>
    public static readonly TimeSpan CommonServer = KnownTimeouts.Of("uvicorn", TimeoutSide.Server);
    private static readonly TimeSpan LongestPool = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(60);

    public TimeoutPlan(BalancerSetup setup)
    {
        Client = ClientIdle(setup.Front);
        ServerKeepAlive = setup.BackendKeepAlive ?? CommonServer;
        Pool = PoolIdle(ServerKeepAlive);
        TimeSpan silence = setup.Front is { Kind: FrontKind.Tracks, Idle: { } idle } ? Seconds(idle / 3) : LongestSilence;
        KeepAliveProbe = silence < LongestSilence ? silence : LongestSilence;
    }

    /// <summary>How long an idle connection from a client, or from the front, is kept.</summary>
    public TimeSpan Client { get; }

    /// <summary>How long the backends keep an idle connection: told, or assumed.</summary>
    public TimeSpan ServerKeepAlive { get; }

    /// <summary>How long our pool keeps an idle connection to a backend; zero when the backend's time is too short for any reuse.</summary>
    public TimeSpan Pool { get; }

    /// <summary>Silence after which TCP keep-alive probes begin.</summary>
    public TimeSpan KeepAliveProbe { get; }

    /// <summary>How long a load balancer must keep an idle connection so that this front never finds one closed, or, where the front only tracks, closes it before the front forgets it.</summary>
    public static TimeSpan ClientIdle(Front front) => front switch
    {
        { Kind: FrontKind.Tracks, Idle: { } idle } => Least(Usual, Seconds(idle - Most(TimeSpan.FromSeconds(5), idle / 10))),
        { Idle: { } idle } => Seconds(idle + Most(TimeSpan.FromSeconds(15), idle / 12)),
        _ => Usual,
    };

    /// <summary>How long a pool may keep a connection to a server that closes it after <paramref name="server"/>: 2 s less, and less by half where that is nothing.</summary>
    public static TimeSpan PoolIdle(TimeSpan server) => server.TotalSeconds switch
    {
        < 1 => TimeSpan.Zero,
        < 4 => server / 2,
        _ => Least(LongestPool, Seconds(server - TimeSpan.FromSeconds(2))),
    };

    /// <summary>A time as both programs read it: 75s, or 500ms where it is no whole number of seconds.</summary>
    public static string Text(TimeSpan time) =>
        time.TotalSeconds == Math.Floor(time.TotalSeconds) ? $"{time.TotalSeconds:0}s" : $"{time.TotalMilliseconds:0}ms";

    private static TimeSpan Seconds(TimeSpan time) => TimeSpan.FromSeconds(Math.Max(1, Math.Floor(time.TotalSeconds)));

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Most(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
