using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tcpwhy.Attempts;
using Tcpwhy.Kernel;
using Tcpwhy.Probing;
using Xunit;

namespace Tcpwhy.Tests.Probing;

/// <summary>Peers that behave, and peers that do not: each end is told as what it is.</summary>
public sealed class AttemptTests
{
    private static readonly byte[] Good = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"u8.ToArray();

    [Fact]
    public async Task A_server_that_waits_for_its_client_is_well()
    {
        await using Peer peer = Peer.Silent();
        Attempt attempt = await OneAsync(peer.Port);
        Assert.Equal(AttemptOutcome.Ok, attempt.Outcome);
        Assert.True(attempt.Connect > TimeSpan.Zero);
        Assert.Null(attempt.FirstByte);
        Assert.NotEqual(0, attempt.Local.Port);
    }

    [Fact]
    public async Task A_banner_without_end_is_cut_and_shown()
    {
        await using Peer peer = Peer.SayingForEver(new byte[8192].Select((_, i) => (byte)('a' + (i % 26))).ToArray());
        Attempt attempt = await OneAsync(peer.Port);
        Assert.Equal((AttemptOutcome.Ok, "abcdefghijklmnopqrstuvwxyzabcdefghijklmn"), (attempt.Outcome, attempt.Detail));
        Assert.NotNull(attempt.FirstByte);
    }

    [Fact]
    public async Task Escape_sequences_in_a_banner_are_made_harmless()
    {
        await using Peer peer = new((socket, stop) => socket.SendAsync("\e]0;owned\a\r\n"u8.ToArray(), stop).AsTask());
        Assert.Equal(".]0;owned...", (await OneAsync(peer.Port)).Detail);
    }

    [Fact]
    public async Task A_server_that_closes_at_once_is_told()
    {
        await using Peer peer = new((_, _) => Task.CompletedTask);
        Attempt attempt = await OneAsync(peer.Port);
        Assert.Equal((AttemptOutcome.Closed, AttemptStage.Response), (attempt.Outcome, attempt.Stage));
        Assert.True(attempt.Failure!.PeerClosed);
    }

    [Fact]
    public async Task A_server_that_resets_at_once_is_told()
    {
        await using Peer peer = new((socket, _) =>
        {
            socket.LingerState = new LingerOption(true, 0);
            return Task.CompletedTask;
        });
        Attempt attempt = await OneAsync(peer.Port);
        Assert.Equal((AttemptOutcome.Reset, Errno.ECONNRESET), (attempt.Outcome, attempt.Errno));
    }

    [Fact]
    public async Task A_port_without_a_listener_is_refused_with_errno_and_cause()
    {
        int port;
        await using (Peer gone = Peer.Silent())
            port = gone.Port;
        Attempt attempt = await OneAsync(port);
        Assert.Equal((AttemptOutcome.Refused, AttemptStage.Connect, Errno.ECONNREFUSED), (attempt.Outcome, attempt.Stage, attempt.Errno));
        Assert.Equal("conn-refused-no-listener", attempt.Cause);
    }

    [Fact]
    public async Task An_answer_of_http_is_timed_and_its_status_shown()
    {
        await using Peer peer = Peer.Saying(Good);
        Attempt attempt = await OneAsync(peer.Port, plan => plan with { HttpPath = "/" });
        Assert.Equal((AttemptOutcome.Ok, 200), (attempt.Outcome, attempt.HttpStatus));
        Assert.True(attempt.FirstByte > TimeSpan.Zero);
        Assert.Equal(attempt.Connect + attempt.FirstByte, attempt.Total);
    }

    [Fact]
    public async Task A_server_that_never_answers_a_request_is_told()
    {
        await using Peer peer = Peer.Silent();
        Attempt attempt = await OneAsync(peer.Port, plan => plan with { HttpPath = "/" });
        Assert.Equal((AttemptOutcome.NoAnswer, AttemptStage.Response), (attempt.Outcome, attempt.Stage));
        Assert.True(attempt.Failure!.TimedOut);
        Assert.True(attempt.Failure.BytesSent > 0);
    }

    [Theory]
    [InlineData("", AttemptOutcome.Closed, 0)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", AttemptOutcome.NotHttp, 21)]
    [InlineData("HTTP/2 is here", AttemptOutcome.NotHttp, 14)]
    [InlineData("HTTP/1.1 two hundred\r\n\r\n", AttemptOutcome.NotHttp, 24)]
    [InlineData("\x15\x03\x03\x00\x02\x02\x46", AttemptOutcome.WantsTls, 7)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le", AttemptOutcome.Closed, 27)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", AttemptOutcome.Closed, 45)]
    [InlineData("HTTP/1.1 503 No\r\n\r\n", AttemptOutcome.Ok, 19)]
    public async Task An_answer_that_is_none_is_told_as_what_it_is(string answer, AttemptOutcome outcome, int bytes)
    {
        await using Peer peer = Peer.Saying(System.Text.Encoding.Latin1.GetBytes(answer));
        Attempt attempt = await OneAsync(peer.Port, plan => plan with { HttpPath = "/" });
        Assert.Equal(outcome, attempt.Outcome);
        if (outcome == AttemptOutcome.Closed)
            Assert.Equal(bytes, attempt.Failure!.BytesReceived);
    }

    [Fact]
    public async Task A_header_without_end_is_cut()
    {
        await using Peer peer = new(async (socket, stop) =>
        {
            await socket.SendAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), stop);
            while (true)
                await socket.SendAsync("X-More: and more\r\n"u8.ToArray(), stop);
        });
        Assert.Equal(AttemptOutcome.NotHttp, (await OneAsync(peer.Port, plan => plan with { HttpPath = "/", ResponseTimeout = TimeSpan.FromSeconds(10) })).Outcome);
    }

    [Fact]
    public async Task What_is_no_tls_is_shown()
    {
        await using Peer peer = Peer.Saying("-ERR unknown command\r\n"u8.ToArray());
        Attempt attempt = await OneAsync(peer.Port, plan => plan with { Tls = true });
        Assert.Equal((AttemptOutcome.NotTls, "-ERR unknown command.."), (attempt.Outcome, attempt.Detail));
    }

    [Fact]
    public async Task An_alert_of_tls_is_named()
    {
        await using Peer peer = Peer.Saying([21, 3, 3, 0, 2, 2, 40]);
        Attempt attempt = await OneAsync(peer.Port, plan => plan with { Tls = true });
        Assert.Equal((AttemptOutcome.TlsAlert, "handshake_failure (40)"), (attempt.Outcome, attempt.Detail));
        Assert.Null(attempt.Failure);
    }

    [Fact]
    public async Task A_server_that_closes_in_the_tls_handshake_is_told()
    {
        await using Peer peer = Peer.Saying([]);
        Attempt attempt = await OneAsync(peer.Port, plan => plan with { Tls = true });
        Assert.Equal((AttemptOutcome.Closed, AttemptStage.Tls), (attempt.Outcome, attempt.Stage));
    }

    [Fact]
    public async Task A_server_that_is_silent_in_the_tls_handshake_is_told()
    {
        await using Peer peer = Peer.Silent();
        Attempt attempt = await OneAsync(peer.Port, plan => plan with { Tls = true });
        Assert.Equal((AttemptOutcome.NoAnswer, AttemptStage.Tls), (attempt.Outcome, attempt.Stage));
    }

    [Theory]
    [InlineData("localhost", 1, CertificateFaults.Untrusted)]
    [InlineData("other.example", 1, CertificateFaults.Untrusted | CertificateFaults.OtherName)]
    [InlineData("localhost", -1, CertificateFaults.Expired)]
    public async Task What_is_wrong_with_a_certificate_is_no_fault_of_tcp(string name, int days, CertificateFaults faults)
    {
        using X509Certificate2 certificate = Certificate(name, TimeProvider.System.GetUtcNow().AddDays(days));
        await using Peer peer = new(async (socket, stop) =>
        {
            await using var secure = new SslStream(new NetworkStream(socket));
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stop);
            await secure.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, stop);
            await secure.WriteAsync(Good, stop);
            await secure.ShutdownAsync();
        });
        Attempt attempt = await OneAsync(peer.Port, plan => plan with { Target = new ProbeTarget("localhost", peer.Port), Tls = true, HttpPath = "/", ResponseTimeout = TimeSpan.FromSeconds(10) });
        Assert.Equal((AttemptOutcome.Ok, 200), (attempt.Outcome, attempt.HttpStatus));
        Assert.Equal(faults, attempt.Session!.Faults);
        Assert.Equal([name], attempt.Session.Names);
        Assert.StartsWith("TLS 1.", attempt.Session.Protocol, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_are_read_back_from_the_kernel()
    {
        await using Peer peer = Peer.Silent();
        Attempt attempt = await OneAsync(peer.Port, plan => plan with
        {
            Socket = new SocketSettings
            {
                NoDelay = true,
                ReuseAddress = true,
                KeepAlive = true,
                KeepAliveIdle = TimeSpan.FromSeconds(31),
                KeepAliveInterval = TimeSpan.FromSeconds(7),
                KeepAliveProbes = 4,
                UserTimeout = TimeSpan.FromSeconds(13),
                Source = IPAddress.Parse("127.0.0.7"),
            },
        });
        AcceptedOptions options = attempt.Options!;
        Assert.Equal((true, true, true, 31, 7, 4, 13_000),
            (options.NoDelay, options.ReuseAddress, options.KeepAlive, options.KeepAliveIdleSeconds, options.KeepAliveIntervalSeconds, options.KeepAliveProbes, options.UserTimeoutMilliseconds));
        Assert.Equal("127.0.0.7", attempt.Local.Address.ToString());
        Assert.Equal(Model.TcpState.Established, attempt.Socket!.State);
        Assert.Contains(attempt.Socket.Fields, field => field is { Name: "rtt_us", Value: > 0 });
    }

    private static async Task<Attempt> OneAsync(int port, Func<ProbePlan, ProbePlan>? change = null)
    {
        var plan = new ProbePlan
        {
            Target = new ProbeTarget("127.0.0.1", port),
            Count = 1,
            ResponseTimeout = TimeSpan.FromMilliseconds(150),
            Listening = TimeSpan.FromMilliseconds(100),
            Family = AddressFamily.InterNetwork,
            WatchKernel = false,
        };
        ProbeResult result = await new Prober(change?.Invoke(plan) ?? plan, TimeProvider.System).RunAsync(TestContext.Current.CancellationToken);
        return Assert.Single(Assert.Single(result.Addresses).Attempts);
    }

    private static X509Certificate2 Certificate(string name, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 made = request.CreateSelfSigned(until.AddDays(-10), until);
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
