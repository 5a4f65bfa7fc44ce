namespace Tcpwhy.Lab.Faults;

/// <summary>A machine that may keep but a few connections in TIME_WAIT.</summary>
public sealed class TimeWaitBucketOverflow : Fault
{
    const int Room = 4;

    public override string Cause => "time-wait-bucket-overflow";
    public override string Description => "The end that closes first may keep four connections in TIME_WAIT; those that it closes next are forgotten at once.";
    public override int Count => 13;
    public override IReadOnlyList<string> Variants => ["server", "client"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Network network = stage.Network;
        bool byClient = stage.Variant == "client";
        // A client of its own machine: what others there close would count as well.
        Host closer = byClient ? network.Router : network.Server;
        await closer.SetAsync([$"net.ipv4.tcp_max_tw_buckets={Room}"], ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Actor client = byClient ? await network.StartActorAsync(network.Router, stage.Parameters.ClientName, ct) : await stage.ClientAsync(ct);
        var outcomes = new List<string>();
        for (int i = 0; i < Room + stage.Count; i++)
        {
            var conversation = new Conversation(await client.ConnectAsync(stage.Service, ct), await listener.AcceptAsync(ct), stage.Parameters);
            await conversation.ExchangeAsync(ct);
            (ActorSocket first, ActorSocket second) = byClient ? (conversation.Client, conversation.Server) : (conversation.Server, conversation.Client);
            await first.CloseAsync(ct);
            string outcome = (await second.ReceiveToEndAsync(TimeSpan.FromSeconds(5), ct)).Outcome;
            await second.CloseAsync(ct);
            if (i >= Room)
                outcomes.Add(outcome);
        }
        Made made = stage.Made(outcomes, "EOF");
        return byClient ? made with { Client = client.Info, ClientNetns = network.Router.Netns } : made;
    }
}
