
namespace Tcpwhy.Lab.Faults;

/// <summary>nginx with fewer connections than it has clients.</summary>
public sealed class NginxWorkerConnections : Fault
{
    const int Room = 16;

    public override string Cause => "nginx-worker-connections";
    public override string Description => "nginx has room for 16 connections: clients beyond that are closed at once, or idle ones are in their stead.";
    public override int Count => 7;
    public override IReadOnlyList<string> Variants => ["busy", "idle"];
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "nginx"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Network network = stage.Network;
        string[] command = Programs.Nginx(network, "crowded",
            $"server {{ listen [::]:{stage.Service.Port} ipv6only=off; location / {{ return 200; }} }}", Room);
        Daemon nginx = await network.StartDaemonAsync(network.Server, command, stage.Service.Port, ct);
        Actor client = await stage.ClientAsync(ct);
        List<string> outcomes = stage.Variant == "busy" ? await BusyAsync(stage, client, ct) : await IdleAsync(stage, client, ct);
        return stage.Made(outcomes, "EOF", "ECONNRESET", "EPIPE") with { Server = nginx.Info };
    }

    /// <summary>Whose request has begun keeps his place; whoever comes when all are taken is turned away.</summary>
    static async Task<List<string>> BusyAsync(Stage stage, Actor client, CancellationToken ct)
    {
        var outcomes = new List<string>();
        for (int tries = 0; tries < Room + stage.Count && outcomes.Count < stage.Count; tries++)
        {
            ActorSocket socket = await client.ConnectAsync(stage.Service, ct);
            Reply sent = await socket.SayAsync("GET / HTTP/1.1\r\nHost: "u8, ct);
            Reply reply = sent.IsOk ? await socket.HearAsync(TimeSpan.FromMilliseconds(200), ct) : sent;
            if (reply.Outcome == "SILENCE")
                continue;
            outcomes.Add(reply.Outcome);
            await socket.CloseAsync(ct);
        }
        return outcomes;
    }

    /// <summary>Each connection beyond the room makes nginx close the one that has been idle for longest.</summary>
    static async Task<List<string>> IdleAsync(Stage stage, Actor client, CancellationToken ct)
    {
        var outcomes = new List<string>();
        var open = new Queue<ActorSocket>();
        for (int n = 0; n < Room + stage.Count + 4 && outcomes.Count < stage.Count; n++)
        {
            open.Enqueue(await client.ConnectAsync(stage.Service, ct));
            if (n < Room - 4)
                continue;
            Reply reply = await open.Peek().HearAsync(TimeSpan.FromMilliseconds(100), ct);
            if (reply.Outcome == "SILENCE")
                continue;
            outcomes.Add(reply.Outcome);
            await open.Dequeue().CloseAsync(ct);
        }
        return outcomes;
    }
}
