namespace Tcpwhy.Lab.Faults;

/// <summary>All local ports towards one service are taken, by open connections or by TIME_WAIT.</summary>
public sealed class EphemeralPortExhaustion : Fault
{
    const int FirstPort = 40_000, Ports = 8;

    public override string Cause => "ephemeral-port-exhaustion";
    public override string Description => "The client has used every local port towards the service, in open connections or in TIME_WAIT.";
    public override int Count => 13;
    public override IReadOnlyList<string> Variants => ["open", "time-wait"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        await stage.ClientAsync(ct);
        await stage.Network.Client.SetAsync([$"net.ipv4.ip_local_port_range={FirstPort} {FirstPort + Ports - 1}"], ct);
        foreach (Conversation conversation in await stage.OpenAsync(listener, Ports, ct))
        {
            await conversation.ExchangeAsync(ct);
            if (stage.Variant != "time-wait")
                continue;
            await conversation.Client.CloseAsync(ct);
            await conversation.Server.ReceiveToEndAsync(TimeSpan.FromSeconds(5), ct);
            await conversation.Server.CloseAsync(ct);
        }
        return stage.Made(await stage.ConnectAllAsync(stage.Count, TimeSpan.FromSeconds(5), ct), "EADDRNOTAVAIL");
    }
}
