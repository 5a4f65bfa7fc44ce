using Tcpwhy.Model;

namespace Tcpwhy.Lab.Faults;

/// <summary>Somebody on the way forges resets and does not know the exact sequence number.</summary>
public sealed class SpoofedRst : Fault
{
    public override string Cause => "spoofed-rst";
    public override string Description => "Resets in the peer's name arrive with a sequence number inside the window, but not the next one; the connection survives them.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["to-server", "to-client"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Actor forger = await stage.Network.StartActorAsync(stage.Network.Router, "forger", ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        await Stage.SettleAsync(ct);
        var outcomes = new List<string>();
        foreach (Conversation conversation in open)
        {
            var client = new Endpoint(stage.Network.Client.Address(stage.Parameters.Ipv6), await conversation.Client.PortAsync(ct));
            (ActorSocket hit, Endpoint from, Endpoint to) = stage.Variant == "to-client"
                ? (conversation.Client, stage.Service, client) : (conversation.Server, client, stage.Service);
            uint expected = await hit.ExpectedSequenceAsync(ct);
            foreach (uint guess in new uint[] { 500, 1000, 1500 })
                await forger.ForgeResetAsync(from, to, unchecked(expected + guess), ct);
            await Stage.SettleAsync(ct);
            await conversation.ExchangeAsync(ct);
            outcomes.Add("SURVIVED");
        }
        return stage.Made(outcomes, "SURVIVED");
    }
}
