namespace Tcpwhy.Lab.Faults;

/// <summary>A queue of the sender's own host that is too short.</summary>
public sealed class LocalQueueDrop : Fault
{
    static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    public override string Cause => "local-queue-drop";
    public override string Description => "The queue of the sender's own interface (a rate limit of 20 Mbit/s with room for four packets) overflows again and again.";
    public override int Count => 3;
    public override IReadOnlyList<string> Variants => ["client", "server"];
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "tc"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        bool client = stage.Variant == "client";
        Host host = client ? stage.Network.Client : stage.Network.Server;
        foreach (string command in new[]
        {
            "ip link set dev eth0 gso_max_segs 1",
            "tc qdisc add dev eth0 root handle 1: htb default 1",
            "tc class add dev eth0 parent 1: classid 1:1 htb rate 10gbit quantum 60000",
            "tc class add dev eth0 parent 1: classid 1:2 htb rate 20mbit burst 3kb cburst 3kb quantum 3000",
            "tc qdisc add dev eth0 parent 1:2 pfifo limit 4",
        })
            await host.RunAsync(command.Split(' '), ct);
        await host.FilterAsync("output", [$"{(client ? stage.ToService : stage.FromService)} meta priority set 1:2"], ct);
        return stage.Made(await Task.WhenAll(open.Select(async conversation =>
        {
            (ActorSocket from, ActorSocket to) = client ? (conversation.Client, conversation.Server) : (conversation.Server, conversation.Client);
            Task<Reply> read = to.ReceiveToEndAsync(Length + TimeSpan.FromSeconds(1), ct);
            Reply written = await from.PourAsync(4 << 20, Length, Length, ct);
            Reply received = await read;
            return written.Value > 0 && received.Value > 0 ? "SLOW" : received.Outcome;
        })), "SLOW");
    }
}
