using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>A load balancer that keeps connections on both sides.</summary>
public sealed class HaproxyKeepAlive : HealthyTraffic
{
    public override string Name => "haproxy-keep-alive";
    public override string Description => "wrk keeps connections to HAProxy busy, HAProxy keeps its own to nginx.";
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "haproxy", "nginx", "wrk"];

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        int front = parameters.Port + HaproxyFile.FrontOffset;
        await network.StartDaemonAsync(network.Server, NginxFile.Write(network, parameters.Port, parameters.ReplyBytes), parameters.Port, ct);
        var server = new Endpoint(network.Server.Address(parameters.Ipv6), parameters.Port);
        string file = HaproxyFile.Write(network, front, server, "check inter 1s", http: true);
        await network.StartDaemonAsync(network.Router, ["haproxy", "-db", "-f", file], front, ct);
        return await Wrk.RunAsync(network.Client, new Endpoint(network.Router.Address(parameters.Ipv6), front), 16, duration, ct);
    }
}
