using Tcpwhy.Model;

namespace Tcpwhy.Lab.Faults;

/// <summary>PROXY headers that nobody expects, or that are due and do not come.</summary>
public sealed class ProxyProtocolMismatch : Fault
{
    const int Front = 9090;

    public override string Cause => "proxy-protocol-mismatch";
    public override string Description => "HAProxy sends a PROXY header to an nginx that does not expect one, or clients send none to an HAProxy or nginx that does.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["unexpected", "missing-haproxy", "missing-nginx"];
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "nginx", "haproxy"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Network network = stage.Network;
        int port = stage.Service.Port;
        bool unexpected = stage.Variant == "unexpected";
        string[] command = stage.Variant == "missing-haproxy"
            ? Programs.Haproxy(network, "proxied", "timeout client 30s\ntimeout server 30s", $"""
                frontend in
                    bind :::{port} v4v6 accept-proxy
                    http-request return status 200
                """)
            : Programs.Nginx(network, "proxied", $"server {{ listen [::]:{port}{(unexpected ? "" : " proxy_protocol")} ipv6only=off; location / {{ return 200; }} }}");
        Daemon server = await network.StartDaemonAsync(network.Server, command, port, ct);
        Endpoint target = stage.Service;
        if (unexpected)
        {
            await network.StartDaemonAsync(network.Router, Programs.Haproxy(network, "sender", "timeout client 30s\ntimeout server 30s\nretries 0", $"""
                frontend in
                    bind :::{Front} v4v6
                    default_backend out
                backend out
                    server one {Programs.ForHaproxy(stage.Service)} send-proxy
                """), Front, ct);
            target = new Endpoint(network.Router.Address(stage.Parameters.Ipv6), Front);
        }
        Actor client = await stage.ClientAsync(ct);
        var outcomes = new List<string>();
        for (int i = 0; i < stage.Count; i++)
        {
            ActorSocket socket = await client.ConnectAsync(target, ct);
            (await socket.SayAsync("GET / HTTP/1.1\r\nHost: shop\r\n\r\n"u8, ct)).Expect("request");
            outcomes.Add((await socket.HearAsync(TimeSpan.FromSeconds(5), ct)).Outcome);
            await socket.CloseAsync(ct);
        }
        return stage.Made(outcomes, "400", "502", "EOF", "ECONNRESET") with { Server = server.Info };
    }
}
