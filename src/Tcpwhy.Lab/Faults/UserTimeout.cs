namespace Tcpwhy.Lab.Faults;

/// <summary>The path breaks with data in flight, and TCP_USER_TIMEOUT ends the wait.</summary>
public sealed class UserTimeout : Fault
{
    public override string Cause => "user-timeout";
    public override string Description => "The path breaks with a request in flight, and the client's TCP_USER_TIMEOUT of 1.5 s ends the wait.";
    public override int Count => 5;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        const int ipProtoTcp = 6, tcpUserTimeout = 18;
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        foreach (Conversation conversation in open)
            await conversation.Client.SetAsync(ipProtoTcp, tcpUserTimeout, 1500, ct);
        await Stage.SettleAsync(ct);
        await stage.Network.Router.FilterAsync("forward", [$"{stage.ToService} drop", $"{stage.FromService} drop"], ct);
        foreach (Conversation conversation in open)
            await conversation.Client.SendAsync(stage.Parameters.RequestBytes, ct);
        return stage.Made(await Task.WhenAll(open.Select(c => c.ClientSeesAsync(TimeSpan.FromSeconds(20), ct))), "ETIMEDOUT");
    }
}
