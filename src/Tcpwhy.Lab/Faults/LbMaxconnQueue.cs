using Tcpwhy.Model;

namespace Tcpwhy.Lab.Faults;

/// <summary>HAProxy with a server that may have one request at a time.</summary>
public sealed class LbMaxconnQueue : Fault
{
    const int Front = 9090;

    public override string Cause => "lb-maxconn-queue";
    public override string Description => "HAProxy lets one request at a time through to a slow server (maxconn 1); the others wait in its queue until timeout queue answers them 503.";
    public override int Count => 5;
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "haproxy"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Network network = stage.Network;
        string[] command = Programs.Haproxy(network, "queue", "timeout client 30s\ntimeout server 30s\ntimeout queue 8s", $"""
            frontend in
                bind :::{Front} v4v6
                default_backend out
            backend out
                server one {Programs.ForHaproxy(stage.Service)} maxconn 1
            """);
        Daemon proxy = await network.StartDaemonAsync(network.Router, command, Front, ct);
        Actor client = await stage.ClientAsync(ct);
        var front = new Endpoint(network.Router.Address(stage.Parameters.Ipv6), Front);
        // The first one has the server to itself.
        (ActorSocket first, ActorSocket served) = (await AskAsync(client, front, ct), await listener.AcceptAsync(ct));
        (await served.HearAsync(TimeSpan.FromSeconds(5), ct)).Expect("request at the server");
        var queued = new List<ActorSocket>();
        for (int i = 0; i < stage.Count; i++)
            queued.Add(await AskAsync(client, front, ct));
        var outcomes = new List<string>();
        foreach (ActorSocket socket in queued)
            outcomes.Add((await socket.HearAsync(TimeSpan.FromSeconds(15), ct)).Outcome);
        (await served.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8, ct)).Expect("answer");
        await served.CloseAsync(ct);
        await first.HearAsync(TimeSpan.FromSeconds(5), ct);
        foreach (ActorSocket socket in queued.Append(first))
            await socket.CloseAsync(ct);
        return stage.Made(outcomes, "503") with { Server = proxy.Info, ServerNetns = network.Router.Netns };
    }

    static async Task<ActorSocket> AskAsync(Actor client, Endpoint front, CancellationToken ct)
    {
        ActorSocket socket = await client.ConnectAsync(front, ct);
        (await socket.SayAsync("GET / HTTP/1.1\r\nHost: shop\r\n\r\n"u8, ct)).Expect("request");
        return socket;
    }
}
