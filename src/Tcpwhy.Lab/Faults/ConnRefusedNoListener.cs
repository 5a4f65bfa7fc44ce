namespace Tcpwhy.Lab.Faults;

/// <summary>Clients connect to a port where nobody listens: never, or no more.</summary>
public sealed class ConnRefusedNoListener : Fault
{
    public override string Cause => "conn-refused-no-listener";
    public override string Description => "Clients connect to a port on which nothing listens.";
    public override int Count => 7;
    public override IReadOnlyList<string> Variants => ["never", "stopped"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        if (stage.Variant == "stopped")
        {
            ActorSocket listener = await stage.ListenAsync(ct);
            Conversation before = (await stage.OpenAsync(listener, 1, ct))[0];
            await before.ExchangeAsync(ct);
            await before.Client.CloseAsync(ct);
            await before.Server.CloseAsync(ct);
            await listener.CloseAsync(ct);
        }
        return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(5), ct), "ECONNREFUSED");
    }
}
