namespace Tcpwhy.Lab.Faults;

/// <summary>The server's process dies with requests in work.</summary>
public sealed class ProcessCrash : Fault
{
    public override string Cause => "process-crash";
    public override string Description => "The server's process is killed, or exits with status 1, while requests are unanswered: read ones end with FIN, unread ones with a reset.";
    public override int Count => 7;
    public override IReadOnlyList<string> Variants => ["KILL", "SEGV", "ABRT", "exit"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        for (int i = 0; i < open.Length; i++)
        {
            if (i % 2 == 0)
                (await open[i].Client.SendAsync(stage.Parameters.RequestBytes, ct)).Expect("request");
            else
                await open[i].RequestAsync(ct);
        }
        Task<string>[] seen = [.. open.Select(conversation => conversation.ClientSeesAsync(TimeSpan.FromSeconds(10), ct))];
        Actor server = await stage.ServerAsync(ct);
        await (stage.Variant == "exit" ? server.ExitAsync(1, ct) : server.DieAsync(stage.Variant, ct));
        return stage.Made(await Task.WhenAll(seen), "ECONNRESET", "EOF");
    }
}
