using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>A scanner of the security team.</summary>
public sealed class PortScan : HealthyTraffic
{
    const int Ports = 40;

    public override string Name => "port-scan";
    public override string Description => "A scanner tries forty closed ports, rests, and begins again.";

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        Actor scanner = await network.StartActorAsync(network.Client, "scanner", ct);
        var first = new Endpoint(network.Server.Address(parameters.Ipv6), parameters.Port);
        long tried = await Repeated.ForAsync(duration, 1, async _ =>
        {
            await Task.WhenAll(Enumerable.Range(first.Port, Ports).Select(port => scanner.TryConnectAsync(first with { Port = port }, TimeSpan.FromSeconds(5), ct)));
            await Task.Delay(1000, ct);
            return Ports;
        });
        return new HealthyRun(first, tried, 0);
    }
}
