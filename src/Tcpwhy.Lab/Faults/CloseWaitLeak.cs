namespace Tcpwhy.Lab.Faults;

/// <summary>A server that never closes after its clients have.</summary>
public sealed class CloseWaitLeak : Fault
{
    static readonly TimeSpan Hold = TimeSpan.FromSeconds(8.5);

    public override string Cause => "close-wait-leak";
    public override string Description => "Clients close, the server never does: its sockets pile up in CLOSE_WAIT.";
    public override int Count => 17;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        var outcomes = new List<string>();
        for (int i = 0; i < stage.Count; i++)
        {
            Conversation conversation = (await stage.OpenAsync(listener, 1, ct))[0];
            await conversation.ExchangeAsync(ct);
            await conversation.Client.CloseAsync(ct);
            outcomes.Add("CLOSE_WAIT");
            await Task.Delay(200, ct);
        }
        await Task.Delay(Hold, ct);
        return stage.Made(outcomes, "CLOSE_WAIT");
    }
}
