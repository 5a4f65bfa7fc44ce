namespace Tcpwhy.Lab.Faults;

/// <summary>A box on the path kills a live connection with a reset of its own.</summary>
public sealed class MiddleboxRst : Fault
{
    public override string Cause => "middlebox-rst";
    public override string Description => "A firewall on the way answers a request on a live connection with a reset in the server's name; the server knows nothing of it.";
    public override int Count => 5;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        await Stage.SettleAsync(ct);
        await stage.Network.Router.FilterAsync("forward", [$"{stage.ToService} reject with tcp reset"], ct);
        var outcomes = new List<string>();
        foreach (Conversation conversation in open)
        {
            (await conversation.Client.SendAsync(stage.Parameters.RequestBytes, ct)).Expect("request");
            outcomes.Add(await conversation.ClientSeesAsync(TimeSpan.FromSeconds(5), ct));
        }
        return stage.Made(outcomes, "ECONNRESET");
    }
}
