using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>Everything at once between the same machines.</summary>
public sealed class Mixture(IReadOnlyList<HealthyTraffic> kinds) : HealthyTraffic
{
    public override string Name => "mixture";
    public override string Description => "All other kinds at once between the same machines, every second over IPv6.";
    public override IReadOnlyList<string> Requires => [.. kinds.SelectMany(kind => kind.Requires).Distinct()];

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        // The scanner tries forty ports from its own on.
        HealthyRun[] runs = await Task.WhenAll(kinds.Select((kind, n) => kind.RunAsync(network, parameters with { Port = parameters.Port + (n * 50), Ipv6 = n % 2 == 1 }, duration, ct)));
        return new HealthyRun(new Endpoint(network.Server.Address(parameters.Ipv6), parameters.Port), runs.Sum(run => run.Requests), runs.Sum(run => run.Errors));
    }
}
