namespace Tcpwhy.Lab.Faults;

/// <summary>A listener that wants signed segments (TCP-MD5), and a client that does not sign.</summary>
public sealed class Md5AoMismatch : Fault
{
    public override string Cause => "md5-ao-mismatch";
    public override string Description => "The listener has a TCP-MD5 key for the client (as routers have for BGP) and the client has none.";
    public override int Count => 3;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        await listener.RequireMd5Async(stage.Network.Client.Address(stage.Parameters.Ipv6), ct);
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_syn_retries=2"], ct);
        return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(30), ct), "ETIMEDOUT");
    }
}
