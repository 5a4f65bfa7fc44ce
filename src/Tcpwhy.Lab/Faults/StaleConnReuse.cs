namespace Tcpwhy.Lab.Faults;

/// <summary>A client's pool hands out a connection that the server has long closed.</summary>
public sealed class StaleConnReuse : Fault
{
    public override string Cause => "stale-conn-reuse";
    public override string Description => "The server closes idle connections; the client does not look, and later sends a request on each.";
    public override int Count => 11;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] pool = await stage.OpenAndExchangeAsync(listener, ct);
        foreach (Conversation conversation in pool)
            await conversation.Server.CloseAsync(ct);
        await Task.Delay(700, ct);
        var outcomes = new List<string>();
        foreach (Conversation conversation in pool)
        {
            (await conversation.Client.SendAsync(stage.Parameters.RequestBytes, ct)).Expect("request on a stale connection");
            await Task.Delay(5, ct);
            outcomes.Add((await conversation.Client.ErrorAsync(ct)).Outcome);
            await conversation.Client.CloseAsync(ct);
        }
        return stage.Made(outcomes, "EPIPE");
    }
}
