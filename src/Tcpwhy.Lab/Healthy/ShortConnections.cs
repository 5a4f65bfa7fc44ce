using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>A connection for each request.</summary>
public sealed class ShortConnections : HealthyTraffic
{
    public override string Name => "short-connections";
    public override string Description => "Each request has a connection of its own, which the server closes after its reply.";
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "nginx", "wrk"];

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        await network.StartDaemonAsync(network.Server, NginxFile.Write(network, parameters.Port, parameters.ReplyBytes), parameters.Port, ct);
        var service = new Endpoint(network.Server.Address(parameters.Ipv6), parameters.Port);
        return await Wrk.RunAsync(network.Client, service, 8, duration, ct, "Connection: close");
    }
}
