namespace Tcpwhy.Lab.Faults;

/// <summary>The peer's host lost the connection without a word; the next request finds out.</summary>
public sealed class HalfOpenPeerGone : Fault
{
    public override string Cause => "half-open-peer-gone";
    public override string Description => "The server's host loses its connections without a word (power, reboot); the client's next request is answered with a reset.";
    public override int Count => 7;
    public override IReadOnlyList<string> Variants => ["back", "down"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        await Stage.SettleAsync(ct);
        foreach (Conversation conversation in open)
            await conversation.Server.VanishAsync(ct);
        if (stage.Variant == "down")
            await listener.CloseAsync(ct);
        await Task.Delay(500, ct);
        var outcomes = new List<string>();
        foreach (Conversation conversation in open)
        {
            (await conversation.Client.SendAsync(stage.Parameters.RequestBytes, ct)).Expect("request");
            outcomes.Add(await conversation.ClientSeesAsync(TimeSpan.FromSeconds(5), ct));
        }
        return stage.Made(outcomes, "ECONNRESET");
    }
}
