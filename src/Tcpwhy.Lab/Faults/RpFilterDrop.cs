namespace Tcpwhy.Lab.Faults;

/// <summary>The answer would leave by another interface, and a strict reverse-path filter drops the SYN.</summary>
public sealed class RpFilterDrop : Fault
{
    public override string Cause => "rp-filter-drop";
    public override string Description => "The server's route back to the client leads through another interface, and rp_filter=1 drops each SYN.";
    public override int Count => 5;

    /// <inheritdoc/>
    public override bool WorksOverIpv6(string variant) => false;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        Host server = stage.Network.Server;
        await server.RunAsync(["ip", "link", "add", "other0", "type", "veth"], ct);
        await server.RunAsync(["ip", "link", "set", "other0", "up"], ct);
        await server.RouteRepliesAsync(stage.Service, "default dev other0", ct);
        await server.SetAsync(["net.ipv4.conf.all.rp_filter=1", "net.ipv4.conf.eth0.rp_filter=1"], ct);
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_syn_retries=2"], ct);
        return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(30), ct), "ETIMEDOUT");
    }
}
