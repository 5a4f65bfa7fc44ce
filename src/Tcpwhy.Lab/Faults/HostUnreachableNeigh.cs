namespace Tcpwhy.Lab.Faults;

/// <summary>The address belongs to nobody on its link.</summary>
public sealed class HostUnreachableNeigh : Fault
{
    public override string Cause => "host-unreachable-neigh";
    public override string Description => "The service is expected on the client's own link, where nobody answers for its address.";
    public override int Count => 3;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        // Connections to this port alone: the healthy traffic beside it goes by the router, as before.
        await stage.Network.Client.RouteServiceAsync(stage.Service, "default dev eth0", ct);
        return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(10), ct), "EHOSTUNREACH");
    }
}
