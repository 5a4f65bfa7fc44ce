namespace Tcpwhy.Lab.Healthy;

/// <summary>All healthy traffic that the lab can make.</summary>
public static class HealthyCatalogue
{
    public static IReadOnlyList<HealthyTraffic> All { get; } =
    [
        new HaproxyKeepAlive(),
        new ShortConnections(),
        new HealthChecks(),
        new PoolIdleClose(),
        new NginxReload(keepAlive: false),
        new NginxReload(keepAlive: true),
    ];

    /// <summary>The traffic of a name, or null.</summary>
    public static HealthyTraffic? Find(string name) => All.FirstOrDefault(traffic => traffic.Name == name);
}
