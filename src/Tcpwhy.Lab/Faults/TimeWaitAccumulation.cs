namespace Tcpwhy.Lab.Faults;

/// <summary>A client without a pool that closes first.</summary>
public sealed class TimeWaitAccumulation : Fault
{
    const int FirstPort = 40_000, Workers = 8;

    public override string Cause => "time-wait-accumulation";
    public override string Description => "A client opens a connection for each request and closes it first, so that its ports pile up in TIME_WAIT: until hardly one is left, until the table is nearly full, or without harm.";
    public override int Count => 503;
    public override IReadOnlyList<string> Variants => ["ports", "table", "harmless"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Network network = stage.Network;
        // One in nine is left. Of an odd number of ports the kernel never takes the last.
        int room = (stage.Count + stage.Count / 8 + 1) / 2 * 2;
        ActorSocket listener = await stage.ListenAsync(ct, backlog: 512);
        int request = stage.Parameters.RequestBytes, reply = stage.Parameters.ReplyBytes;
        await listener.ServeAsync(request, reply, TimeSpan.Zero, ct);
        // Of a machine of its own: what others there have in TIME_WAIT would count as well.
        Actor client = await network.StartActorAsync(network.Router, stage.Parameters.ClientName, ct);
        if (stage.Variant != "harmless")
            await network.Router.SetAsync([stage.Variant == "table" ? $"net.ipv4.tcp_max_tw_buckets={room}" : $"net.ipv4.ip_local_port_range={FirstPort} {FirstPort + room - 1}"], ct);
        var outcomes = new List<string>();
        await Task.WhenAll(Enumerable.Range(0, Math.Min(Workers, stage.Count)).Select(async worker =>
        {
            for (int n = worker; n < stage.Count; n += Workers)
            {
                ActorSocket socket = await client.ConnectAsync(stage.Service, ct);
                string outcome = (await socket.ExchangeAsync(request, reply, null, ct)).Outcome;
                await socket.CloseAsync(ct);
                lock (outcomes)
                    outcomes.Add(outcome);
            }
        }));
        // The server closes when it has read the end.
        await Stage.SettleAsync(ct);
        return stage.Made(outcomes, "OK") with { Client = client.Info, ClientNetns = network.Router.Netns };
    }
}
