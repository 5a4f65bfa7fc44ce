using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>A load balancer without traffic, that only checks.</summary>
public sealed class HealthChecks : HealthyTraffic
{
    public override string Name => "health-checks";
    public override string Description => "HAProxy checks a server by connecting (layer 4) and by a request (layer 7), both every 300 ms.";
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "haproxy", "nginx"];

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        await network.StartDaemonAsync(network.Server, NginxFile.Write(network, parameters.Port, parameters.ReplyBytes), parameters.Port, ct);
        var server = new Endpoint(network.Server.Address(parameters.Ipv6), parameters.Port);
        long before = (await network.Router.CountersAsync(ct))["Tcp.ActiveOpens"];
        var proxies = new List<Daemon>();
        foreach (var (front, http) in new[] { (parameters.Port + HaproxyFile.FrontOffset, false), (parameters.Port + HaproxyFile.FrontOffset + 1, true) })
        {
            string file = HaproxyFile.Write(network, front, server, "check inter 300ms", http);
            proxies.Add(await network.StartDaemonAsync(network.Router, ["haproxy", "-db", "-f", file], front, ct));
        }
        await Task.Delay(duration, ct);
        foreach (Daemon proxy in proxies)
            await proxy.StopAsync("TERM", ct);
        return new HealthyRun(server, (await network.Router.CountersAsync(ct))["Tcp.ActiveOpens"] - before, 0);
    }
}
