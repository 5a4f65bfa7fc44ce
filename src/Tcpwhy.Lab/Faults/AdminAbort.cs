namespace Tcpwhy.Lab.Faults;

/// <summary>An administrator kills connections from outside.</summary>
public sealed class AdminAbort : Fault
{
    public override string Cause => "admin-abort";
    public override string Description => "An administrator kills connections with ss -K; no program of either end did it.";
    public override int Count => 5;
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "ss"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Conversation[] open = await stage.OpenAndExchangeAsync(listener, ct);
        await Stage.SettleAsync(ct);
        await stage.Network.Server.RunAsync(["ss", "-K", "state", "established", "sport", "=", $":{stage.Service.Port}"], ct);
        return stage.Made(await Task.WhenAll(open.Select(c => c.ClientSeesAsync(TimeSpan.FromSeconds(5), ct))), "ECONNRESET");
    }
}
