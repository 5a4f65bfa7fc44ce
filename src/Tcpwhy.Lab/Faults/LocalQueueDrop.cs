namespace Tcpwhy.Lab.Faults;

/// <summary>A queue of a host that forwards (for containers, for virtual machines) is too short.</summary>
public sealed class LocalQueueDrop : Fault
{
    static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    public override string Cause => "local-queue-drop";
    public override string Description => "A rate limit of 10 Mbit/s with room for three packets, on an interface of this host that forwards the connections, overflows again and again.";
    public override int Count => 3;
    public override IReadOnlyList<string> Variants => ["upload", "download"];
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "tc"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        foreach (Host end in new[] { stage.Network.Client, stage.Network.Server })
        {
            // It fills a queue until it overflows, as cubic does; bbr would not. And a queue counts packets, of any size.
            await end.SetAsync(["net.ipv4.tcp_congestion_control=reno"], ct);
            await end.RunAsync(["ip", "link", "set", "dev", "eth0", "gso_max_segs", "1"], ct);
        }
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        bool upload = stage.Variant == "upload";
        string device = upload ? "server" : "client";
        foreach (string command in new[]
        {
            $"tc qdisc add dev {device} root handle 1: htb default 1",
            $"tc class add dev {device} parent 1: classid 1:1 htb rate 10gbit quantum 60000",
            $"tc class add dev {device} parent 1: classid 1:2 htb rate 10mbit burst 3kb cburst 3kb quantum 3000",
            $"tc qdisc add dev {device} parent 1:2 pfifo limit 3",
        })
            await stage.Network.Router.RunAsync(command.Split(' '), ct);
        await stage.Network.Router.FilterAsync("forward", [$"{(upload ? stage.ToService : stage.FromService)} meta priority set 1:2"], ct);
        return stage.Made(await Task.WhenAll(open.Select(async conversation =>
        {
            (ActorSocket from, ActorSocket to) = upload ? (conversation.Client, conversation.Server) : (conversation.Server, conversation.Client);
            Task<Reply> read = to.ReceiveToEndAsync(Length + TimeSpan.FromSeconds(1), ct);
            Reply written = await from.PourAsync(512 << 10, Length, Length, ct);
            Reply received = await read;
            return written.Value > 0 && received.Value > 0 ? "SLOW" : received.Outcome;
        })), "SLOW");
    }
}
