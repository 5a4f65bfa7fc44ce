using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>A web server that takes a new configuration without a stop.</summary>
/// <param name="keepAlive">Whether clients keep their connections. Then nginx, at each reload, closes some on which a request has just arrived, and wrk counts those as errors.</param>
public sealed class NginxReload(bool keepAlive) : HealthyTraffic
{
    public override string Name => keepAlive ? "nginx-reload-keep-alive" : "nginx-reload";
    public override string Description => keepAlive
        ? "nginx reloads its configuration every second while wrk keeps connections to it busy; a few requests are lost at each reload."
        : "nginx reloads its configuration every second while wrk makes a connection for each request.";
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "nginx", "wrk"];

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        string[] command = NginxFile.Write(network, parameters.Port, parameters.ReplyBytes);
        await network.StartDaemonAsync(network.Server, command, parameters.Port, ct);
        var service = new Endpoint(network.Server.Address(parameters.Ipv6), parameters.Port);
        Task<HealthyRun> load = Wrk.RunAsync(network.Client, service, keepAlive ? 16 : 8, duration, ct, keepAlive ? [] : ["Connection: close"]);
        while (await Task.WhenAny(load, Task.Delay(1000, ct)) != load)
            await network.Server.RunAsync([.. command, "-s", "reload"], ct);
        return await load;
    }
}
