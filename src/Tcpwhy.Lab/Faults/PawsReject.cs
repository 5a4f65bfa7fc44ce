namespace Tcpwhy.Lab.Faults;

/// <summary>A sender whose timestamps jump back.</summary>
public sealed class PawsReject : Fault
{
    public override string Cause => "paws-reject";
    public override string Description => "The timestamps of a live connection jump back by 5,000 s, as those of another host behind the same NAT; the receiver drops every segment.";
    public override int Count => 3;
    public override IReadOnlyList<string> Variants => ["request", "reply"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        // 3 retries are about 7 s; the usual 15 are 15 minutes.
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_retries2=3"], ct);
        await stage.Network.Server.SetAsync(["net.ipv4.tcp_retries2=3"], ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        await Stage.SettleAsync(ct);
        return stage.Made(await Task.WhenAll(open.Select(async conversation =>
        {
            bool reply = stage.Variant == "reply";
            if (reply)
            {
                await conversation.RequestAsync(ct);
                // Its acknowledgement has left before the clock jumps.
                await Stage.SettleAsync(ct);
            }
            ActorSocket sender = reply ? conversation.Server : conversation.Client;
            await sender.RewindTimestampsAsync(5_000_000, ct);
            (await sender.SendAsync(reply ? stage.Parameters.ReplyBytes : stage.Parameters.RequestBytes, ct)).Expect("data");
            Reply end = await sender.ReceiveToEndAsync(TimeSpan.FromSeconds(30), ct);
            await sender.CloseAsync(ct);
            return end.Outcome;
        })), "ETIMEDOUT");
    }
}
