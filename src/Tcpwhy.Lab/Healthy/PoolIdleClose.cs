using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>Pools that look before they use a connection.</summary>
public sealed class PoolIdleClose : HealthyTraffic
{
    const int Connections = 12;
    static readonly TimeSpan ServerIdle = TimeSpan.FromSeconds(2), ClientIdle = TimeSpan.FromSeconds(1);

    public override string Name => "pool-idle-close";
    public override string Description => "Idle connections are closed: half by the server after 2 s, which the client notices, half by the client after 1 s.";

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        Actor server = await network.StartActorAsync(network.Server, parameters.ServerName, ct);
        Actor client = await network.StartActorAsync(network.Client, parameters.ClientName, ct);
        var service = new Endpoint(network.Server.Address(parameters.Ipv6), parameters.Port);
        ActorSocket listener = await server.ListenAsync(service, ct);
        await listener.ServeAsync(parameters.RequestBytes, parameters.ReplyBytes, ServerIdle, ct);
        long closed = await Repeated.ForAsync(duration, Connections, async lane =>
        {
            await LiveAsync(client, service, parameters, closeFirst: lane % 2 == 0, ct);
            return 1;
        });
        return new HealthyRun(service, closed, 0);
    }

    static async Task LiveAsync(Actor client, Endpoint service, Parameters parameters, bool closeFirst, CancellationToken ct)
    {
        ActorSocket socket = await client.ConnectAsync(service, ct);
        (await socket.ExchangeAsync(parameters.RequestBytes, parameters.ReplyBytes, null, ct)).Expect("exchange");
        Reply next = await socket.ReceiveToEndAsync(closeFirst ? ClientIdle : ServerIdle * 3, ct);
        // On a busy machine a client that would have closed first may come too late.
        if (next.Outcome != "EOF" && !(closeFirst && next.Outcome == "SILENCE"))
            throw new LabException($"an idle connection ended with {next.Outcome}");
        await socket.CloseAsync(ct);
    }
}
