namespace Tcpwhy.Lab.Faults;

/// <summary>An idle peer becomes unreachable, and keep-alive probes find out.</summary>
public sealed class KeepaliveTimeoutDeadPeer : Fault
{
    public override string Cause => "keepalive-timeout-dead-peer";
    public override string Description => "The path breaks while connections are idle; the client's keep-alive probes (1 s, 1 s, 2 probes) stay unanswered.";
    public override int Count => 5;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        foreach (Conversation conversation in open)
            await conversation.Client.KeepAliveAsync(1, 1, 2, ct);
        await Stage.SettleAsync(ct);
        // The filter stays: the server's own ends, closed later, shall not be answered either.
        await stage.Network.Router.FilterAsync("forward", [$"{stage.ToService} drop", $"{stage.FromService} drop"], ct);
        return stage.Made(await Task.WhenAll(open.Select(c => c.ClientSeesAsync(TimeSpan.FromSeconds(15), ct))), "ETIMEDOUT");
    }
}
