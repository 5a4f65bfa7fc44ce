namespace Tcpwhy.Lab.Faults;

/// <summary>A firewall answers the SYN with an ICMP error.</summary>
public sealed class ConnRejectedIcmp : Fault
{
    public override string Cause => "conn-rejected-icmp";
    public override string Description => "A firewall on the way answers connection attempts with an ICMP error (prohibited, or port unreachable), or a router whose routes forbid them.";
    public override int Count => 7;
    public override IReadOnlyList<string> Variants => ["prohibited", "port", "route"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        if (stage.Variant == "route")
        {
            // A router rations its errors: some attempts get none, and wait in vain.
            await stage.Network.Router.RouteServiceAsync(stage.Service, "prohibit default", ct);
            return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(3), ct), "EHOSTUNREACH", "EACCES", "SILENCE");
        }
        string error = stage.Variant == "port" ? "port-unreachable" : "admin-prohibited";
        await stage.Network.Router.FilterAsync("forward", [$"{stage.ToService} reject with icmpx type {error}"], ct);
        return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(5), ct), "EHOSTUNREACH", "ECONNREFUSED", "EACCES");
    }
}
