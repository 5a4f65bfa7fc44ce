using Tcpwhy.Lab.Healthy;

namespace Tcpwhy.Lab.Faults;

/// <summary>Normal life: a load balancer looks whether its server is there.</summary>
public sealed class HealthcheckNoise : Fault
{
    public override string Cause => "healthcheck-noise";
    public override string Description => "HAProxy checks a server every 300 ms and resets each of its connections (normal life).";
    public override int Count => 13;
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "haproxy"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        await listener.ServeAsync(stage.Parameters.RequestBytes, stage.Parameters.ReplyBytes, TimeSpan.Zero, ct);
        long before = await ResetsAsync(stage, ct);
        const int front = 9090;
        string file = HaproxyFile.Write(stage.Network, front, stage.Service, "check inter 300ms", http: false);
        Daemon haproxy = await stage.Network.StartDaemonAsync(stage.Network.Router, ["haproxy", "-db", "-f", file], front, ct);
        long checks = 0;
        while (checks < stage.Count)
        {
            await Task.Delay(50, ct);
            checks = await ResetsAsync(stage, ct) - before;
        }
        await haproxy.StopAsync("TERM", ct);
        checks = await ResetsAsync(stage, ct) - before;
        return stage.Made([.. Enumerable.Repeat("RESET", (int)checks)], "RESET") with
        {
            Client = haproxy.Info,
            ClientNetns = stage.Network.Router.Netns,
        };
    }

    /// <summary>Connections that were reset before the server's kernel had them complete.</summary>
    static async Task<long> ResetsAsync(Stage stage, CancellationToken ct) =>
        (await stage.Network.Server.CountersAsync(ct))["TcpExt.EmbryonicRsts"];
}
