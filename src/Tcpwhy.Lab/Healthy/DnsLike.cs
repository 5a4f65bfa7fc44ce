using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>Tiny questions, each on a connection of its own.</summary>
public sealed class DnsLike : HealthyTraffic
{
    const int Question = 34, Answer = 82;

    public override string Name => "dns-like";
    public override string Description => "One tiny question and answer for each connection, as DNS over TCP, several at once.";

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        Actor server = await network.StartActorAsync(network.Server, "resolver", ct);
        Actor client = await network.StartActorAsync(network.Client, parameters.ClientName, ct);
        var service = new Endpoint(network.Server.Address(parameters.Ipv6), parameters.Port);
        await (await server.ListenAsync(service, ct)).ServeAsync(Question, Answer, TimeSpan.Zero, ct);
        long answered = await Repeated.ForAsync(duration, 4, async _ =>
        {
            ActorSocket socket = await client.ConnectAsync(service, ct);
            (await socket.ExchangeAsync(Question, Answer, null, ct)).Expect("answer");
            await socket.CloseAsync(ct);
            return 1;
        });
        return new HealthyRun(service, answered, 0);
    }
}
