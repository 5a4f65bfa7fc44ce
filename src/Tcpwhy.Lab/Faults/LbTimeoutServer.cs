using Tcpwhy.Model;

namespace Tcpwhy.Lab.Faults;

/// <summary>A proxy that waits a second for an answer that takes longer.</summary>
public sealed class LbTimeoutServer : Fault
{
    const int Front = 9090;

    public override string Cause => "lb-timeout-server";
    public override string Description => "A proxy (HAProxy, nginx, or a program in Python) waits 1 s for a server that takes longer, and cuts the request off.";
    public override int Count => 7;
    public override IReadOnlyList<string> Variants => ["haproxy", "nginx", "python"];
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "haproxy", "nginx", "python3"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        ActorSocket listener = await stage.ListenAsync(ct);
        Network network = stage.Network;
        Daemon proxy = await network.StartDaemonAsync(network.Router, Command(stage), Front, ct);
        Actor client = await stage.ClientAsync(ct);
        var front = new Endpoint(network.Router.Address(stage.Parameters.Ipv6), Front);
        var asked = new List<ActorSocket>();
        var working = new List<ActorSocket>();
        for (int i = 0; i < stage.Count; i++)
        {
            ActorSocket socket = await client.ConnectAsync(front, ct);
            (await socket.SayAsync("GET / HTTP/1.1\r\nHost: shop\r\n\r\n"u8, ct)).Expect("request");
            asked.Add(socket);
            ActorSocket server = await listener.AcceptAsync(ct);
            (await server.HearAsync(TimeSpan.FromSeconds(5), ct)).Expect("request at the server");
            working.Add(server);
            await Task.Delay(30, ct);
        }
        var outcomes = new List<string>();
        foreach (ActorSocket socket in asked)
        {
            outcomes.Add((await socket.HearAsync(TimeSpan.FromSeconds(5), ct)).Outcome);
            await socket.CloseAsync(ct);
        }
        // The work goes on, for nobody: the proxy's FIN has been acknowledged (which may be delayed by 40 ms) when it is done.
        await Stage.SettleAsync(ct);
        foreach (ActorSocket server in working)
        {
            await server.SayAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"u8, ct);
            await server.CloseAsync(ct);
        }
        return stage.Made(outcomes, "504") with { Client = proxy.Info, ClientNetns = network.Router.Netns };
    }

    static string[] Command(Stage stage) => stage.Variant switch
    {
        "haproxy" => Programs.Haproxy(stage.Network, "timeout", "timeout client 30s\ntimeout server 1s", $"""
            frontend in
                bind :::{Front} v4v6
                default_backend out
            backend out
                server one {Programs.ForHaproxy(stage.Service)}
            """),
        "nginx" => Programs.Nginx(stage.Network, "timeout",
            $"server {{ listen [::]:{Front} ipv6only=off; location / {{ proxy_pass http://{stage.Service}; proxy_read_timeout 1s; }} }}"),
        _ => Programs.Python(stage.Network, "gateway", $$"""
            import socket, threading

            def serve(front):
                front.recv(65536)
                back = socket.create_connection(("{{stage.Service.Address}}", {{stage.Service.Port}}))
                back.sendall(b"GET / HTTP/1.1\r\nHost: shop\r\n\r\n")
                back.settimeout(1)
                try:
                    back.recv(65536)
                except TimeoutError:
                    back.close()
                    front.sendall(b"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n")
                front.recv(1)
                front.close()

            listener = socket.create_server(("::", {{Front}}), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128)
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
            """),
    };
}
