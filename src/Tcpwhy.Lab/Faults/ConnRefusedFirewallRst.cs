namespace Tcpwhy.Lab.Faults;

/// <summary>The router answers for the server, with a reset.</summary>
public sealed class ConnRefusedFirewallRst : Fault
{
    public override string Cause => "conn-refused-firewall-rst";
    public override string Description => "A firewall (on the way, or on the server's host) rejects connections with a TCP reset although the server listens.";
    public override int Count => 11;
    public override IReadOnlyList<string> Variants => ["router", "host"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        var (where, hook) = stage.Variant == "host" ? (stage.Network.Server, "input") : (stage.Network.Router, "forward");
        await where.FilterAsync(hook, [$"{stage.ToService} reject with tcp reset"], ct);
        return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(5), ct), "ECONNREFUSED");
    }
}
