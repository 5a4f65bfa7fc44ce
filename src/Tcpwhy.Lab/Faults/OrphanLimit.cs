namespace Tcpwhy.Lab.Faults;

/// <summary>More closed connections than the kernel may finish alone.</summary>
public sealed class OrphanLimit : Fault
{
    /// <summary>Orphans that wait quietly for their peer's FIN; the limit is far below, and above what a host has at rest.</summary>
    const int Others = 150, Limit = 100;

    public override string Cause => "orphan-limit";
    public override string Description => "There are more closed connections that the kernel still has to finish than net.ipv4.tcp_max_orphans allows, so that those closed next are reset.";
    public override int Count => 5;
    public override IReadOnlyList<string> NeedsGlobal => ["net.ipv4.tcp_max_orphans"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        // Above 60 s FIN_WAIT2 keeps its socket instead of a small TIME_WAIT entry.
        await stage.Network.Server.SetAsync(["net.ipv4.tcp_fin_timeout=120"], ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] others = await stage.OpenAsync(listener, Others, ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        foreach (Conversation conversation in open)
            await conversation.RequestAsync(ct);
        await Stage.SettleAsync(ct);
        foreach (Conversation conversation in others)
            await conversation.Server.CloseAsync(ct);
        await stage.Network.Router.FilterAsync("forward", [$"{stage.FromService} tcp flags & rst != rst drop"], ct);
        foreach (Conversation conversation in open)
            (await conversation.Server.SendAsync(stage.Parameters.ReplyBytes, ct)).Expect("reply");
        // The kernel counts orphans ten times a second.
        await Task.Delay(300, ct);
        using (GlobalSetting.Change(NeedsGlobal[0], $"{Limit}"))
        {
            foreach (Conversation conversation in open)
                await conversation.Server.CloseAsync(ct);
        }
        return stage.Made(await Task.WhenAll(open.Select(c => c.ClientSeesAsync(TimeSpan.FromSeconds(5), ct))), "ECONNRESET");
    }
}
