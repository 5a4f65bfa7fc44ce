using Tcpwhy.Model;

namespace Tcpwhy.Lab.Healthy;

/// <summary>A pool that is kept open for bursts.</summary>
public sealed class DatabasePool : HealthyTraffic
{
    const int Pool = 10, Burst = 5, Query = 120, Rows = 3_000;

    public override string Name => "database-pool";
    public override string Description => "Ten connections stay open; bursts of queries go over them, with idle time in between, and all are closed in the end.";

    private protected override async Task<HealthyRun> ActAsync(Network network, Parameters parameters, TimeSpan duration, CancellationToken ct)
    {
        Actor server = await network.StartActorAsync(network.Server, "postgres", ct);
        Actor client = await network.StartActorAsync(network.Client, parameters.ClientName, ct);
        var service = new Endpoint(network.Server.Address(parameters.Ipv6), parameters.Port);
        await (await server.ListenAsync(service, ct)).ServeAsync(Query, Rows, TimeSpan.Zero, ct);
        ActorSocket[] pool = await Task.WhenAll(Enumerable.Range(0, Pool).Select(_ => client.ConnectAsync(service, ct)));
        long queries = await Repeated.ForAsync(duration, Pool, async lane =>
        {
            for (int i = 0; i < Burst; i++)
                (await pool[lane].ExchangeAsync(Query, Rows, null, ct)).Expect("query");
            // Not all at once, and some longer than others.
            await Task.Delay(300 + (lane * 170), ct);
            return Burst;
        });
        foreach (ActorSocket socket in pool)
            await socket.CloseAsync(ct);
        return new HealthyRun(service, queries, 0);
    }
}
