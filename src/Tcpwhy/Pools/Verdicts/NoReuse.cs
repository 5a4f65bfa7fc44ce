using Tcpwhy.Model;

namespace Tcpwhy.Pools.Verdicts;

/// <summary>Connections are closed after a request or two, and new ones opened: handshakes, TIME_WAIT and ports are paid for each.</summary>
internal static class NoReuse
{
    // Health checks and occasional calls stay below.
    private const double LeastPerSecond = 2;
    private const int LeastClosed = 10;
    private const double FewExchanges = 5;
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Soon = TimeSpan.FromHours(1);

    public static PoolJudgement? Judge(Pool pool)
    {
        PoolChurn churn = pool.Churn;
        // Those that the peer ended for idleness were kept long enough.
        long closed = churn.Closed - pool.IdleWhenPeerClosed.Count(idle => idle >= TimeSpan.FromSeconds(1));
        if (closed < LeastClosed || closed / Math.Max(pool.Window.TotalSeconds, 0.001) < LeastPerSecond || pool.Use.PerConnection >= FewExchanges)
            return null;
        TimeSpan? life = churn.Median ?? (pool.Lifetimes.Count > 0 ? pool.Lifetimes.Median : null);
        // A crowd that leaves at once, as when a server goes down, closes connections that had lived.
        if (life is null || life > ShortLife)
            return null;
        var found = new Case();
        found.For(0.6, "connections closed: {0} in {1}, {2} each second", closed, pool.Window, closed / pool.Window.TotalSeconds);
        found.For(pool.Use.PerConnection < 2.5 ? 0.6 : 0.3, "requests for each connection, about: {0}", pool.Use.PerConnection);
        found.For(life < TimeSpan.FromSeconds(1) ? 0.4 : 0.1, "half of them lived no longer than {0}", life);
        if (pool.Ports is { } ports && ports.Used >= 100)
        {
            if (ports.ExhaustedIn is { } end)
                found.For(0.3, "{0} of {1} local ports to it are in use: exhausted in {2} at this rate", ports.Used, ports.Range, end);
            else
                found.For(0.1, "{0} of {1} local ports to it are in use, TIME_WAIT included", ports.Used, ports.Range);
        }
        return found.Close(PoolVerdict.NoReuse, pool.Ports?.ExhaustedIn < Soon || pool.Ports?.Used * 10 > pool.Ports?.Range * 8 ? Severity.Critical : Severity.Warning);
    }
}
