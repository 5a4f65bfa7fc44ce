using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tcpwhy.Lab.Faults;

/// <summary>Clients and a server that cannot agree on TLS.</summary>
public sealed class TlsHandshakeFailure : Fault
{
    public override string Cause => "tls-handshake-failure";
    public override string Description => "The server takes TLS 1.3 only and clients offer 1.2, or clients do not trust its certificate; with --payload the alert is read.";
    public override int Count => 5;
    public override IReadOnlyList<string> Variants => ["version", "untrusted", "haproxy"];
    public override IReadOnlyList<string> Requires => [.. Requirements.Network, "nginx", "haproxy", "openssl"];

    private protected override async Task<Made> ActAsync(Stage stage, CancellationToken ct)
    {
        Network network = stage.Network;
        string pem = Certificate(network);
        int port = stage.Service.Port;
        string[] command = stage.Variant == "haproxy"
            ? Programs.Haproxy(network, "tls", "timeout client 30s\ntimeout server 30s", $"""
                frontend in
                    bind :::{port} v4v6 ssl crt {pem} ssl-min-ver TLSv1.3
                    http-request return status 200
                """)
            : Programs.Nginx(network, "tls",
                $"server {{ listen [::]:{port} ssl ipv6only=off; ssl_certificate {pem}; ssl_certificate_key {pem}; ssl_protocols {(stage.Variant == "untrusted" ? "TLSv1.2 TLSv1.3" : "TLSv1.3")}; location / {{ return 200; }} }}");
        Daemon server = await network.StartDaemonAsync(network.Server, command, port, ct);
        string[] words = ["openssl", "s_client", "-connect", $"{stage.Service}", .. stage.Variant == "untrusted" ? ["-verify_return_error", "-verify", "2"] : new[] { "-tls1_2" }];
        var outcomes = new List<string>();
        for (int i = 0; i < stage.Count; i++)
        {
            try
            {
                await network.Client.RunAsync(words, ct);
                outcomes.Add("OK");
            }
            catch (LabException)
            {
                outcomes.Add("alert");
            }
        }
        return stage.Made(outcomes, "alert") with { Server = server.Info };
    }

    /// <summary>A certificate that nobody has signed, with its key, in one file.</summary>
    internal static string Certificate(Network network)
    {
        string path = Path.Combine(network.Directory, "server.pem");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=shop.example", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(100));
        File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        return path;
    }
}
