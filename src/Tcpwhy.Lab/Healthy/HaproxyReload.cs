using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>A load balancer that takes a new configuration without a stop.</summary>
public sealed class HaproxyReload : HealthyTraffic
{
    public override string Name => "haproxy-reload";
    public override string Description => "HAProxy reloads every two seconds, handing its listeners over, while wrk makes a connection for each request.";
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "haproxy", "nginx", "wrk"];

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        int front = parameters.Port + HaproxyFile.FrontOffset;
        await network.StartDaemonAsync(network.Server, NginxFile.Write(network, parameters.Port, parameters.ReplyBytes), parameters.Port, ct);
        var server = new Endpoint(network.Server.Address(parameters.Ipv6), parameters.Port);
        string socket = Path.Combine(network.Directory, $"haproxy-{front}.sock");
        string file = HaproxyFile.Write(network, front, server, "check inter 1s", http: true, $"stats socket {socket} mode 600 level admin expose-fd listeners");
        Daemon master = await network.StartDaemonAsync(network.Router, ["haproxy", "-W", "-db", "-f", file], front, ct);
        Task<HealthyRun> load = Wrk.RunAsync(network.Client, new Endpoint(network.Router.Address(parameters.Ipv6), front), 8, duration, ct, "Connection: close");
        while (await Task.WhenAny(load, Task.Delay(2000, ct)) != load)
            await master.SignalAsync("USR2", ct);
        return await load;
    }
}
