namespace Tcpwhy.Lab.Faults;

/// <summary>A path that loses a share of all segments.</summary>
public sealed class PacketLossSlow : Fault
{
    static readonly TimeSpan Length = TimeSpan.FromSeconds(4);

    public override string Cause => "packet-loss-slow";
    public override string Description => "The router loses one in ten segments of a transfer, in one direction; it arrives, slowly.";
    public override int Count => 3;
    public override IReadOnlyList<string> Variants => ["download", "upload"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        // One packet for each segment: of large ones few are drawn, and by chance none.
        foreach (Host end in new[] { stage.Network.Client, stage.Network.Server })
            await end.RunAsync(["ip", "link", "set", "dev", "eth0", "gso_max_segs", "1"], ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        bool upload = stage.Variant == "upload";
        await stage.Network.Router.FilterAsync("forward", [$"{(upload ? stage.ToService : stage.FromService)} numgen random mod 100 < 10 drop"], ct);
        string[] outcomes = await Task.WhenAll(open.Select(async conversation =>
        {
            (ActorSocket from, ActorSocket to) = upload ? (conversation.Client, conversation.Server) : (conversation.Server, conversation.Client);
            Task<Reply> read = to.ReceiveToEndAsync(Length + TimeSpan.FromSeconds(1), ct);
            Reply written = await from.PourAsync(1 << 20, Length, Length, ct);
            Reply received = await read;
            return written.Value > 0 && received.Value > 0 ? "SLOW" : received.Outcome;
        }));
        await stage.Network.Router.UnfilterAsync(ct);
        return stage.Made(outcomes, "SLOW");
    }
}
