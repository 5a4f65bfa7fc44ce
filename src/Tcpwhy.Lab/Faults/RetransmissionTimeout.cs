namespace Tcpwhy.Lab.Faults;

/// <summary>The path breaks with data in flight.</summary>
public sealed class RetransmissionTimeout : Fault
{
    public override string Cause => "retransmission-timeout";
    public override string Description => "The path breaks with a request (or a reply) in flight; the sender gives up after 3 retransmissions.";
    public override int Count => 3;
    public override IReadOnlyList<string> Variants => ["request", "reply"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        // 3 retries are about 7 s; the usual 15 are 15 minutes.
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_retries2=3"], ct);
        await stage.Network.Server.SetAsync(["net.ipv4.tcp_retries2=3"], ct);
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
            ActorSocket sender = reply ? conversation.Server : conversation.Client;
            (await sender.SendAsync(reply ? stage.Parameters.ReplyBytes : stage.Parameters.RequestBytes, ct)).Expect("data");
            Reply end = await sender.ReceiveToEndAsync(TimeSpan.FromSeconds(30), ct);
            await sender.CloseAsync(ct);
            return end.Outcome;
        })), "ETIMEDOUT");
    }
}
