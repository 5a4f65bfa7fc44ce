namespace Tcpwhy.Lab.Healthy;

/// <summary>All healthy traffic that the lab can make.</summary>
public static class HealthyCatalogue
{
    public static IReadOnlyList<HealthyTraffic> All { get; }

    static HealthyCatalogue()
    {
        HealthyTraffic[] kinds =
        [
            new HaproxyKeepAlive(),
            new ShortConnections(),
            new Http2(),
            new WebSocketIdle(),
            new HealthChecks(),
            new PoolIdleClose(),
            new DatabasePool(),
            new BrowserClose(),
            new AbortAfterAnswer(),
            new ListenerRestart(),
            new NginxReload(keepAlive: false),
            new NginxReload(keepAlive: true),
            new HaproxyReload(),
            new PortScan(),
            new DnsLike(),
            new LongPolling(),
            new SlowTransfer(),
        ];
        All = [.. kinds, new Mixture(kinds)];
    }

    /// <summary>The traffic of a name, or null.</summary>
    public static HealthyTraffic? Find(string name) => All.FirstOrDefault(traffic => traffic.Name == name);
}
