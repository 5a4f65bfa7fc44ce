namespace Tcpwhy.Lab.Faults;

/// <summary>Clients that speak another protocol than the port.</summary>
public sealed class ProtocolMismatch : Fault
{
    public override string Cause => "protocol-mismatch";
    public override string Description => "Clients speak TLS to a port that serves plain HTTP (nginx, HAProxy), or HTTP to one that wants TLS (HAProxy).";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["tls-to-http", "tls-to-haproxy", "http-to-tls"];
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "nginx", "haproxy"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Network network = stage.Network;
        int port = stage.Service.Port;
        string tls = stage.Variant == "http-to-tls" ? $" ssl crt {TlsHandshakeFailure.Certificate(network)}" : "";
        string[] command = stage.Variant == "tls-to-http"
            ? Programs.Nginx(network, "plain", $"server {{ listen [::]:{port} ipv6only=off; location / {{ return 200; }} }}")
            : Programs.Haproxy(network, "plain", "timeout client 30s\ntimeout server 30s", $"""
                frontend in
                    bind :::{port} v4v6{tls}
                    http-request return status 200
                """);
        Daemon server = await network.StartDaemonAsync(network.Server, command, port, ct);
        Actor client = await stage.ClientAsync(ct);
        byte[] words = tls.Length > 0 ? "GET / HTTP/1.1\r\nHost: shop\r\n\r\n"u8.ToArray() : ClientHello();
        var outcomes = new List<string>();
        for (int i = 0; i < stage.Count; i++)
        {
            ActorSocket socket = await client.ConnectAsync(stage.Service, ct);
            (await socket.SayAsync(words, ct)).Expect("first words");
            outcomes.Add((await socket.HearAsync(TimeSpan.FromSeconds(5), ct)).Outcome);
            await socket.CloseAsync(ct);
        }
        return stage.Made(outcomes, "400", "EOF", "ECONNRESET") with { Server = server.Info };
    }

    /// <summary>The beginning of a TLS 1.2 handshake: enough for whoever reads HTTP.</summary>
    static byte[] ClientHello()
    {
        byte[] hello = new byte[200];
        new byte[] { 0x16, 3, 1, 0, 195, 1, 0, 0, 191, 3, 3 }.CopyTo(hello, 0);
        Random.Shared.NextBytes(hello.AsSpan(11, 32));
        return hello;
    }
}
