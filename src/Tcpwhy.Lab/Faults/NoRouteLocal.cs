namespace Tcpwhy.Lab.Faults;

/// <summary>The client's own host knows no way to the service.</summary>
public sealed class NoRouteLocal : Fault
{
    public override string Cause => "no-route-local";
    public override string Description => "The client's host has no route to the service (or one that says unreachable), so connect fails before a segment leaves.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["missing", "unreachable"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        await stage.Network.Client.RouteServiceAsync(stage.Service, stage.Variant == "missing" ? "throw default" : "unreachable default", ct, only: true);
        return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(5), ct), "ENETUNREACH", "EHOSTUNREACH");
    }
}
