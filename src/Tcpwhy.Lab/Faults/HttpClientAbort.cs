namespace Tcpwhy.Lab.Faults;

/// <summary>Clients whose timeout is shorter than the server's work.</summary>
public sealed class HttpClientAbort : Fault
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(0.5), Work = TimeSpan.FromSeconds(1);

    public override string Cause => "http-client-abort";
    public override string Description => "Clients give up after 0.5 s, by FIN or by reset, on a server that answers after 1 s.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["fin", "reset"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        var outcomes = new List<string>();
        await Task.WhenAll(open.Select(async (conversation, n) =>
        {
            await Task.Delay(n * 70, ct);
            await conversation.RequestAsync(ct);
            Reply wait = await conversation.Client.ReceiveAsync(stage.Parameters.ReplyBytes, Patience, ct);
            await (stage.Variant == "reset" ? conversation.Client.AbortAsync(ct) : conversation.Client.CloseAsync(ct));
            await Task.Delay(Work - Patience, ct);
            // The answer meets nobody; what the server's program is told of it is not the point.
            await conversation.Server.SendAsync(stage.Parameters.ReplyBytes, ct);
            lock (outcomes)
                outcomes.Add(wait.Outcome);
        }));
        return stage.Made(outcomes, "SILENCE");
    }
}
