namespace Tcpwhy.Lab.Faults;

/// <summary>A box on the way spoils segments.</summary>
public sealed class ChecksumCorruption : Fault
{
    public override string Cause => "checksum-corruption";
    public override string Description => "A router spoils the segments that carry data, so that their checksum is wrong and the receiver drops them.";
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
        // Between virtual devices checksums are left out, and nobody would miss them.
        await (reply ? await stage.ServerAsync(ct) : await stage.ClientAsync(ct)).ComputeChecksumsAsync("eth0", ct);
        await Stage.SettleAsync(ct);
        await stage.Network.Router.FilterAsync("forward", [$"{(reply ? stage.FromService : stage.ToService)} tcp flags & psh == psh tcp checksum set 0xdead"], ct);
        return stage.Made(await Task.WhenAll(open.Select(async conversation =>
        {
            if (reply)
                await conversation.RequestAsync(ct);
            ActorSocket sender = reply ? conversation.Server : conversation.Client;
            (await sender.SendAsync(reply ? stage.Parameters.ReplyBytes : stage.Parameters.RequestBytes, ct)).Expect("data");
            Reply end = await sender.ReceiveToEndAsync(TimeSpan.FromSeconds(30), ct);
            await sender.CloseAsync(ct);
            return end.Outcome;
        })), "ETIMEDOUT");
    }
}
