namespace Tcpwhy.Lab.Faults;

/// <summary>A stateful firewall that forgets connections after two idle seconds.</summary>
public sealed class ConntrackIdleExpiry : Fault
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(3.5);

    public override string Cause => "conntrack-idle-expiry";
    public override string Description => "A stateful firewall on the way forgets connections that are idle for 2 s, and drops (or resets) the next request.";
    public override int Count => 3;
    public override IReadOnlyList<string> Variants => ["drop", "reject", "reply"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Host router = stage.Network.Router;
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_retries2=3"], ct);
        await stage.Network.Server.SetAsync(["net.ipv4.tcp_retries2=3"], ct);
        string otherwise = stage.Variant == "reject" ? "reject with tcp reset" : "drop";
        await router.FilterAsync("forward",
        [
            $"{stage.ToService} ct state established accept", $"{stage.FromService} ct state established accept",
            $"{stage.ToService} tcp flags syn / fin,syn,rst,ack ct state new accept", $"{stage.ToService} {otherwise}", $"{stage.FromService} {otherwise}",
        ], ct);
        await router.SetAsync(["net.netfilter.nf_conntrack_tcp_timeout_established=2", "net.netfilter.nf_conntrack_tcp_loose=0"], ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        bool reply = stage.Variant == "reply";
        // A server that pushes after a pause, as to a client that waits for news, meets the same.
        await Task.Delay(Idle, ct);
        return stage.Made(await Task.WhenAll(open.Select(async conversation =>
        {
            ActorSocket sender = reply ? conversation.Server : conversation.Client;
            (await sender.SendAsync(reply ? stage.Parameters.ReplyBytes : stage.Parameters.RequestBytes, ct)).Expect("data");
            Reply end = await sender.ReceiveToEndAsync(TimeSpan.FromSeconds(30), ct);
            await sender.CloseAsync(ct);
            return end.Outcome;
        })), stage.Variant == "reject" ? "ECONNRESET" : "ETIMEDOUT");
    }
}
