
namespace Tcpwhy.Lab.Faults;

/// <summary>A service that stops before its successor has started.</summary>
public sealed class GracefulRestart : Fault
{
    public override string Cause => "graceful-restart";
    public override string Description => "A service (a program, or HAProxy) ends in peace and is started again a moment later; clients that call meanwhile are refused.";
    public override int Count => 7;
    public override IReadOnlyList<string> Variants => ["service", "haproxy"];
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "haproxy"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Network network = stage.Network;
        Made made;
        if (stage.Variant == "haproxy")
        {
            string[] command = Programs.Haproxy(network, "restarted", "timeout client 30s\ntimeout server 30s", $"""
                frontend in
                    bind :::{stage.Service.Port} v4v6
                    http-request return status 200
                """);
            Daemon old = await network.StartDaemonAsync(network.Server, command, stage.Service.Port, ct);
            await old.StopAsync("TERM", ct);
            made = await CallAsync(stage, ct);
            Daemon next = await network.StartDaemonAsync(network.Server, command, stage.Service.Port, ct);
            return made with { Server = next.Info };
        }
        ActorSocket listener = await stage.ListenAsync(ct);
        Actor server = await stage.ServerAsync(ct);
        Conversation[] open = await stage.OpenAsync(listener, 1, ct);
        await open[0].ExchangeAsync(ct);
        await open[0].Client.CloseAsync(ct);
        await open[0].Server.CloseAsync(ct);
        await listener.CloseAsync(ct);
        await server.ExitAsync(0, ct);
        made = await CallAsync(stage, ct);
        Actor successor = await network.StartActorAsync(network.Server, stage.Parameters.ServerName, ct);
        await successor.ListenAsync(stage.Service, ct);
        return made with { Server = successor.Info };
    }

    static async Task<Made> CallAsync(Stage stage, CancellationToken ct)
    {
        var outcomes = new List<string>();
        for (int i = 0; i < stage.Count; i++)
            outcomes.AddRange(await stage.ConnectAllAsync(1, TimeSpan.FromSeconds(2), ct));
        return stage.Made(outcomes, "ECONNREFUSED");
    }
}
