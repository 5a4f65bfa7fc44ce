using Tcpwhy.Model;

namespace Tcpwhy.Lab.Faults;

/// <summary>A proxy that keeps its clients' idle connections for a second, and clients that keep them for longer.</summary>
public sealed class LbTimeoutClient : Fault
{
    const int Front = 9090;
    static readonly TimeSpan Idle = TimeSpan.FromSeconds(1.6);

    public override string Cause => "lb-timeout-client";
    public override string Description => "A proxy (HAProxy or nginx) closes clients' connections after 1 s idle; the clients use them again after 1.6 s.";
    public override int Count => 7;
    public override IReadOnlyList<string> Variants => ["haproxy", "nginx"];
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "haproxy", "nginx"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Network network = stage.Network;
        Daemon proxy = await network.StartDaemonAsync(network.Router, Command(stage), Front, ct);
        Actor client = await stage.ClientAsync(ct);
        var front = new Endpoint(network.Router.Address(stage.Parameters.Ipv6), Front);
        var pool = new List<ActorSocket>();
        for (int i = 0; i < stage.Count; i++)
        {
            ActorSocket socket = await client.ConnectAsync(front, ct);
            pool.Add(socket);
            (await socket.SayAsync("GET / HTTP/1.1\r\nHost: shop\r\n\r\n"u8, ct)).Expect("request");
            ActorSocket server = await listener.AcceptAsync(ct);
            (await server.HearAsync(TimeSpan.FromSeconds(5), ct)).Expect("request at the server");
            (await server.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"u8, ct)).Expect("answer");
            await server.CloseAsync(ct);
            Reply answer = await socket.HearAsync(TimeSpan.FromSeconds(5), ct);
            if (answer.Outcome != "200")
                throw new LabException($"the proxy answered {answer.Outcome}");
        }
        await Task.Delay(Idle, ct);
        var outcomes = new List<string>();
        foreach (ActorSocket socket in pool)
        {
            await socket.SayAsync("GET / HTTP/1.1\r\nHost: shop\r\n\r\n"u8, ct);
            outcomes.Add((await socket.HearAsync(TimeSpan.FromSeconds(5), ct)).Outcome);
            await socket.CloseAsync(ct);
        }
        return stage.Made(outcomes, "EOF", "EPIPE", "ECONNRESET") with { Server = proxy.Info, ServerNetns = network.Router.Netns };
    }

    static string[] Command(Stage stage) => stage.Variant == "haproxy"
        ? Programs.Haproxy(stage.Network, "idle", "timeout client 30s\ntimeout server 30s\ntimeout http-keep-alive 1s", $"""
            frontend in
                bind :::{Front} v4v6
                default_backend out
            backend out
                server one {Programs.ForHaproxy(stage.Service)}
            """)
        : Programs.Nginx(stage.Network, "idle",
            $"keepalive_timeout 1s; server {{ listen [::]:{Front} ipv6only=off; location / {{ proxy_pass http://{stage.Service}; }} }}");
}
