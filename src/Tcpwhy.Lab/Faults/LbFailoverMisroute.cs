using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Lab.Faults;

/// <summary>A balancer that forgets its table, and sends live connections to another backend.</summary>
public sealed class LbFailoverMisroute : Fault
{
    public override string Cause => "lb-failover-misroute";
    public override string Description => "A load balancer loses its table of connections and sends the next segments to another backend, which knows nothing of them.";
    public override int Count => 5;
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "conntrack"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Host router = stage.Network.Router, server = stage.Network.Server;
        Endpoint service = VirtualService.Of(stage);
        byte[] bytes = stage.Service.Address.GetAddressBytes();
        bytes[^1]++;
        var second = new Endpoint(new IPAddress(bytes), stage.Service.Port);
        await server.RunAsync(["ip", "address", "add", $"{second.Address}/{(bytes.Length == 4 ? 24 : 64)}", "dev", "eth0", .. bytes.Length == 4 ? (string[])[] : ["nodad"]], ct);
        Actor other = await stage.Network.StartActorAsync(server, stage.Parameters.ServerName, ct);
        await other.ListenAsync(second, ct);
        await VirtualService.TranslateAsync(router, service, stage.Service, "accept", ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAsync(listener, stage.Count, ct, service);
        foreach (Conversation conversation in open)
            await conversation.ExchangeAsync(ct);
        await Stage.SettleAsync(ct);
        await VirtualService.TranslateAsync(router, service, second, "accept", ct);
        await router.RunAsync(["conntrack", "-F"], ct);
        var outcomes = new List<string>();
        foreach (Conversation conversation in open)
        {
            (await conversation.Client.SendAsync(stage.Parameters.RequestBytes, ct)).Expect("request");
            outcomes.Add(await conversation.ClientSeesAsync(TimeSpan.FromSeconds(5), ct));
        }
        return stage.Made(outcomes, "ECONNRESET");
    }
}
