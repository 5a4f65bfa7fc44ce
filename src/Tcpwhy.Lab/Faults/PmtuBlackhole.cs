namespace Tcpwhy.Lab.Faults;

/// <summary>A link with a smaller MTU, behind a router whose ICMP errors are filtered.</summary>
public sealed class PmtuBlackhole : Fault
{
    public override string Cause => "pmtu-blackhole";
    public override string Description => "Full segments are too big for a link behind the router, and the ICMP errors that would say so are dropped.";
    public override int Count => 3;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        const int large = 6000;
        // 3 retries are about 7 s; the usual 15 are 15 minutes.
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_retries2=3"], ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        // The least that IPv6 allows; the requests and replies beside it are smaller.
        await stage.Network.Router.RunAsync(["ip", "link", "set", "server", "mtu", "1280"], ct);
        await stage.Network.Router.FilterAsync("output", ["icmp type destination-unreachable drop", "icmpv6 type packet-too-big drop"], ct);
        await Stage.SettleAsync(ct);
        foreach (Conversation conversation in open)
            (await conversation.Client.SendAsync(large, ct)).Expect("large request");
        return stage.Made(await Task.WhenAll(open.Select(c => c.ClientSeesAsync(TimeSpan.FromSeconds(40), ct))), "ETIMEDOUT");
    }
}
