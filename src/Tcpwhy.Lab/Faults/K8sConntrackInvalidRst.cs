using Tcpwhy.Model;

namespace Tcpwhy.Lab.Faults;

/// <summary>A late segment that connection tracking holds for invalid passes a node untranslated.</summary>
public sealed class K8sConntrackInvalidRst : Fault
{
    private const uint OutOfWindow = 1u << 29;

    public override string Cause => "k8s-conntrack-invalid-rst";
    public override string Description => "A segment outside the window is invalid to the node's connection tracking, reaches the client untranslated, and the client's kernel resets the server.";
    public override int Count => 5;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Endpoint service = VirtualService.Of(stage);
        await VirtualService.TranslateAsync(stage.Network.Router, service, stage.Service, "accept", ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Actor server = await stage.ServerAsync(ct);
        var outcomes = new List<string>();
        foreach (Conversation conversation in await stage.OpenAsync(listener, stage.Count, ct, service))
        {
            await conversation.ExchangeAsync(ct);
            await Stage.SettleAsync(ct);
            var client = new Endpoint(stage.Network.Client.Address(stage.Parameters.Ipv6), await conversation.Client.LocalPortAsync(ct));
            (uint next, uint expected) = await conversation.Server.NumbersAsync(ct);
            await server.ForgeAsync(new ForgedSegment(stage.Service, client, TcpFlags.Psh | TcpFlags.Ack, next + OutOfWindow, expected, 100), ct);
            Reply end = await conversation.Server.ReceiveToEndAsync(TimeSpan.FromSeconds(5), ct);
            await conversation.Server.CloseAsync(ct);
            outcomes.Add(end.Outcome);
        }
        return stage.Made(outcomes, "ECONNRESET");
    }
}
