using System.Net;

namespace Tcpwhy.Lab.Faults;

/// <summary>MPTCP's second path does not work.</summary>
public sealed class MptcpSubflowReset : Fault
{
    public override string Cause => "mptcp-subflow-reset";
    public override string Description => "An MPTCP client joins a second subflow, which is reset: the path strips MPTCP's options, the server takes no more, or another backend gets the join. The connection goes on over the first.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["stripped", "limit", "later", "backend"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Network network = stage.Network;
        IPAddress second = await network.AddSecondWayAsync(stage.Parameters.Ipv6, ct);
        foreach (Host host in new[] { network.Client, network.Server })
        {
            await host.SetAsync(["net.mptcp.enabled=1"], ct);
            await host.RunAsync(["ip", "mptcp", "limits", "set", "subflow", stage.Variant == "limit" && host == network.Server ? "0" : "2"], ct);
        }
        await network.Client.RunAsync(["ip", "mptcp", "endpoint", "add", $"{second}", "dev", "eth1", "subflow"], ct);
        await (await stage.ClientAsync(ct)).SpeakMultipathAsync(ct);
        await (await stage.ServerAsync(ct)).SpeakMultipathAsync(ct);
        if (stage.Variant == "stripped")
            await StripAsync(stage, ct);
        if (stage.Variant == "backend")
            await SpreadAsync(stage, ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        await Task.Delay(500, ct);
        if (stage.Variant == "later")
            await StripAsync(stage, ct);
        return stage.Made(await Task.WhenAll(open.Select(conversation => GoOnAsync(stage, conversation, ct))), "OK");
    }

    /// <summary>A box on the second path that lets no option pass that it does not know.</summary>
    private static Task StripAsync(Stage stage, CancellationToken ct) =>
        stage.Network.Router.FilterAsync("forward", [$"iifname client1 {stage.ToService} reset tcp option mptcp", $"oifname client1 {stage.FromService} reset tcp option mptcp"], ct);

    /// <summary>A balancer that sends what comes by the second path to another server, which knows nothing of the connection.</summary>
    private static async Task SpreadAsync(Stage stage, CancellationToken ct)
    {
        Host pod = await stage.Network.AddPodAsync(ct);
        Actor other = await stage.Network.StartActorAsync(pod, stage.Parameters.ServerName, ct);
        await other.SpeakMultipathAsync(ct);
        var backend = new Model.Endpoint(pod.Address(stage.Parameters.Ipv6), stage.Service.Port);
        await other.ListenAsync(backend, ct);
        await stage.Network.Router.NftAsync($$"""
            table inet balancer {
                chain spread {
                    type nat hook prerouting priority -100; policy accept;
                    iifname client1 {{stage.ToService}} {{VirtualService.Dnat(backend)}}
                }
            }

            """, ct);
    }

    /// <summary>The connection works after its second subflow is gone; with much to send, both are used before.</summary>
    private static async Task<string> GoOnAsync(Stage stage, Conversation conversation, CancellationToken ct)
    {
        if (stage.Variant == "later")
        {
            const int much = 4_000_000;
            Task<Reply> read = conversation.Server.ReceiveAsync(much, TimeSpan.FromSeconds(20), ct);
            (await conversation.Client.SendAsync(much, ct)).Expect("upload");
            (await read).Expect("upload");
        }
        await conversation.ExchangeAsync(ct);
        return "OK";
    }
}
