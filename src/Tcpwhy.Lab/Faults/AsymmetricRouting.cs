using System.Net;

namespace Tcpwhy.Lab.Faults;

/// <summary>A stateful firewall that sees one direction of a connection; the other goes round it.</summary>
public sealed class AsymmetricRouting : Fault
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30), Greeting = TimeSpan.FromSeconds(4);

    public override string Cause => "asymmetric-routing";
    public override string Description => "One direction of the connections goes through a firewall that drops what its connection tracking holds for invalid, the other goes round it.";
    public override int Count => 3;
    public override IReadOnlyList<string> Variants => ["request", "reply", "greeting"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        bool ipv6 = stage.Parameters.Ipv6, reply = stage.Variant == "reply";
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_syn_retries=2", "net.ipv4.tcp_retries2=3"], ct);
        await stage.Network.Router.FilterAsync("forward", ["ct state invalid drop"], ct);
        (IPAddress client, IPAddress server) = await stage.Network.GoRoundAsync(ipv6, ct);
        await (reply ? stage.Network.Client.RouteServiceAsync(stage.Service, $"default via {server} dev round0 src {stage.Network.Client.Address(ipv6)}", ct)
            : stage.Network.Server.RouteRepliesAsync(stage.Service, $"default via {client} dev round0", ct));
        await stage.ListenAsync(ct);
        if (reply)
            return stage.Made(await stage.ConnectAllAsync(stage.Count, Patience, ct), "ETIMEDOUT");
        Actor caller = await stage.ClientAsync(ct);
        return stage.Made(await Task.WhenAll(Enumerable.Range(0, stage.Count).Select(async _ =>
        {
            Reply connected = await caller.TryConnectAsync(stage.Service, Patience, ct);
            if (!connected.IsOk)
                return connected.Outcome;
            ActorSocket socket = caller.Socket(connected, "connect");
            // A client that waits for the server's greeting has nothing to send, and hears nothing.
            if (stage.Variant == "greeting")
                return (await socket.ReceiveAsync(1, Greeting, ct)).Outcome;
            Reply sent = await socket.SendAsync(stage.Parameters.RequestBytes, ct);
            Reply end = sent.IsOk ? await socket.ReceiveToEndAsync(Patience, ct) : sent;
            await socket.CloseAsync(ct);
            return end.Outcome;
        })), stage.Variant == "greeting" ? "SILENCE" : "ETIMEDOUT");
    }
}
