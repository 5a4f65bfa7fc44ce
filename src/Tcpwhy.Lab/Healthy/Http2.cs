using System.Globalization;
using System.Text.RegularExpressions;
using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>Many requests at once on few connections.</summary>
public sealed partial class Http2 : HealthyTraffic
{
    public override string Name => "http2";
    public override string Description => "h2load sends streams of HTTP/2 requests to nginx over eight connections, ten at once on each.";
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "nginx", "h2load"];

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        await network.StartDaemonAsync(network.Server, NginxFile.Write(network, parameters.Port, parameters.ReplyBytes, "http2"), parameters.Port, ct);
        var service = new Endpoint(network.Server.Address(parameters.Ipv6), parameters.Port);
        // h2load knows a number of requests, or a time without a clean end: some rounds, each to its end.
        long failed = 0;
        long answered = await Repeated.ForAsync(duration, 1, async _ =>
        {
            Match counts = Counts().Match(await network.Client.RunAsync(["h2load", "-c8", "-m10", "-n4000", $"http://{service}/"], ct));
            failed += Number(counts.Groups["failed"]);
            return Number(counts.Groups["succeeded"]);
        });
        return new HealthyRun(service, answered, failed);
    }

    static int Number(Group group) => int.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<succeeded>\d+) succeeded, (?<failed>\d+) failed")]
    private static partial Regex Counts();
}
