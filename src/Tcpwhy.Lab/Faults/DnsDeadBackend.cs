using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Lab.Faults;

/// <summary>A name has several addresses, and one of them is dead.</summary>
public sealed class DnsDeadBackend : Fault
{
    public override string Cause => "dns-dead-backend";
    public override string Description => "A client takes the addresses of a service in turn: behind one of them nobody serves, or its SYNs vanish, or the host is gone.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["refused", "silent", "unreachable", "redeployed", "second-address", "harmless"];
    public override bool WorksOverIpv6(string variant) => variant != "harmless";

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Endpoint alive = stage.Service, dead = alive with { Address = Dead(stage) };
        if (stage.Variant is "silent" or "second-address")
            await stage.Network.Server.RunAsync(["ip", "address", "add", $"{dead.Address}/{(stage.Parameters.Ipv6 ? "64" : "24")}", "dev", "eth0"], ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        if (stage.Variant == "silent")
            await stage.Network.Router.FilterAsync("forward", [$"{(stage.Parameters.Ipv6 ? "ip6" : "ip")} daddr {dead.Address} tcp dport {dead.Port} drop"], ct);
        if (stage.Variant == "redeployed")
            await ServeOnceAsync(stage, dead, ct);
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_syn_retries=2"], ct);
        Actor client = await stage.ClientAsync(ct);

        // One after the other where the answer comes at once; who waits for seconds has other requests to make meanwhile.
        bool patient = stage.Variant is "silent" or "unreachable";
        ActorSocket? kept = stage.Variant == "silent" ? await client.ConnectAsync(alive, ct) : null;
        List<Task<Reply>> calls = [];
        for (int n = 0; n < stage.Count; n++)
        {
            calls.Add(client.TryConnectAsync(dead, TimeSpan.FromSeconds(30), ct));
            if (!patient)
                await calls[^1];
            if (kept is null)
                await ExchangeAsync(stage, client, alive, ct);
            else
                (await kept.ExchangeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, null, ct)).Expect("exchange");
        }
        return stage.Made([.. (await Task.WhenAll(calls)).Select(reply => reply.Outcome)], stage.Variant switch
        {
            "silent" => "ETIMEDOUT",
            "unreachable" => "EHOSTUNREACH",
            _ => "ECONNREFUSED",
        });
    }

    /// <summary>The dead address: of a host where nobody listens (harmless: of the other family), or the next one on the server's link.</summary>
    private static IPAddress Dead(Stage stage)
    {
        if (stage.Variant is "refused" or "redeployed" or "harmless")
            return Network.Gateway(stage.Network.Server, stage.Parameters.Ipv6 || stage.Variant == "harmless");
        byte[] bytes = stage.Service.Address.GetAddressBytes();
        bytes[^1]++;
        return new IPAddress(bytes);
    }

    /// <summary>The address served the client before its program moved on.</summary>
    private static async Task ServeOnceAsync(Stage stage, Endpoint dead, CancellationToken ct)
    {
        Actor server = await stage.Network.StartActorAsync(stage.Network.Router, stage.Parameters.ServerName, ct);
        ActorSocket listener = await server.ListenAsync(dead, ct);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        await ExchangeAsync(stage, await stage.ClientAsync(ct), dead, ct);
        await listener.CloseAsync(ct);
        await server.ExitAsync(0, ct);
    }

    private static async Task ExchangeAsync(Stage stage, Actor client, Endpoint to, CancellationToken ct)
    {
        ActorSocket socket = await client.ConnectAsync(to, ct);
        (await socket.ExchangeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, null, ct)).Expect("exchange");
        await socket.CloseAsync(ct);
    }
}
