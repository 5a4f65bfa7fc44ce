namespace Tcpwhy.Lab.Faults;

/// <summary>A box on the path drops SYNs that carry data.</summary>
public sealed class TfoBlackhole : Fault
{
    public override string Cause => "tfo-blackhole";
    public override string Description => "Clients use TCP Fast Open; a firewall drops SYNs that carry data, and each handshake takes a second more.";
    public override int Count => 3;

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        const int ipProtoTcp = 6, tcpFastOpen = 23;
        // Without cookies: 4 lets a client, and 0x200 a server, do without.
        await stage.Network.Client.SetAsync(["net.ipv4.tcp_fastopen=5"], ct);
        await stage.Network.Server.SetAsync(["net.ipv4.tcp_fastopen=0x202"], ct);
        ActorSocket listener = await stage.ListenAsync(ct);
        await listener.SetListenerAsync(ipProtoTcp, tcpFastOpen, 16, ct);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        await stage.Network.Router.FilterAsync("forward", [$"{stage.ToService} tcp flags syn / fin,syn,rst,ack meta length > 90 drop"], ct);
        Actor client = await stage.ClientAsync(ct);
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, stage.Count).Select(_ =>
            client.CallEarlyAsync(stage.Service, stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, ct)));
        return stage.Made([.. replies.Select(reply => reply.Outcome)], "OK");
    }
}
