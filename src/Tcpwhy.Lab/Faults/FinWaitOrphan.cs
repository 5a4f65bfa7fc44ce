namespace Tcpwhy.Lab.Faults;

/// <summary>A program answers, closes, and its peer has gone.</summary>
public sealed class FinWaitOrphan : Fault
{
    public override string Cause => "fin-wait-orphan";
    public override string Description => "One end writes, closes and is rid of the socket; the path is cut, so that the kernel repeats data and FIN for nobody and gives up without a word.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["reply", "request"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        // 4 retries are about 6 s; the usual 8 are 100 s.
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_orphan_retries=4"], ct);
        await stage.Network.Server.SetAsync(["net.ipv4.tcp_orphan_retries=4"], ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        bool reply = stage.Variant == "reply";
        if (reply)
            foreach (Conversation conversation in open)
                await conversation.RequestAsync(ct);
        await Stage.SettleAsync(ct);
        await stage.Network.Router.FilterAsync("forward", [$"{stage.ToService} drop", $"{stage.FromService} drop"], ct);
        return stage.Made(await Task.WhenAll(open.Select(async conversation =>
        {
            (ActorSocket closer, ActorSocket waiter) = reply ? (conversation.Server, conversation.Client) : (conversation.Client, conversation.Server);
            (await closer.SendAsync(reply ? stage.Parameters.ReplyBytes : stage.Parameters.RequestBytes, ct)).Expect("data");
            (await closer.CloseAsync(ct)).Expect("close");
            return (await waiter.ReceiveToEndAsync(TimeSpan.FromSeconds(9), ct)).Outcome;
        })), "SILENCE");
    }
}
