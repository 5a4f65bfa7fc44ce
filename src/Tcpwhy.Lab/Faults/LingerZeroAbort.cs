namespace Tcpwhy.Lab.Faults;

/// <summary>An application that closes with SO_LINGER set to 0 s.</summary>
public sealed class LingerZeroAbort : Fault
{
    public override string Cause => "linger-zero-abort";
    public override string Description => "The server reads a request and, instead of a reply, closes with SO_LINGER 0.";
    public override int Count => 11;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        var outcomes = new List<string>();
        foreach (Conversation conversation in open)
        {
            await conversation.RequestAsync(ct);
            await conversation.Server.AbortAsync(ct);
            outcomes.Add(await conversation.ClientSeesAsync(TimeSpan.FromSeconds(5), ct));
        }
        return stage.Made(outcomes, "ECONNRESET");
    }
}
