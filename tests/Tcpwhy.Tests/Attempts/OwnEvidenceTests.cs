using System.Net;
using System.Net.Sockets;
using Tcpwhy.Attempts;
using Tcpwhy.Diagnosis;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Attempts.Failed;

namespace Tcpwhy.Tests.Attempts;

/// <summary>What an attempt proves by itself, and what it does not.</summary>
public class OwnEvidenceTests
{
    private const int EPIPE = 32, EMFILE = 24, EADDRNOTAVAIL = 99, ENETUNREACH = 101, ECONNRESET = 104, ETIMEDOUT = 110, ECONNREFUSED = 111, EHOSTUNREACH = 113;

    private static Verdict Judge(FailedAttempt failed) => new OwnEvidence(new OwnNamespace(new ProcFs(), TimeProvider.System)).Judge(failed);

    private static void Is(string cause, FailedAttempt failed, double atMost = 1)
    {
        Verdict verdict = Judge(failed);
        Assert.Equal(cause, verdict.Cause.Id);
        Assert.True(verdict.Confidence <= atMost, $"{verdict.Confidence}");
    }

    [Fact]
    public void A_refusal_from_elsewhere_shows_no_listener_but_not_for_certain() =>
        Is("conn-refused-no-listener", At(AttemptStage.Connect, ECONNREFUSED), atMost: 0.6);

    [Fact]
    public void A_refusal_of_this_host_shows_that_nobody_listens()
    {
        Verdict verdict = Judge(Refused(FreePort(), IPAddress.Loopback));
        Assert.Equal("conn-refused-no-listener", verdict.Cause.Id);
        Assert.Contains(verdict.Evidence, item => item is { What: "listeners on this port", Value: "none" });
    }

    [Fact]
    public void A_refusal_of_this_host_shows_a_listener_on_another_address()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.1"), 0));
        listener.Listen();
        FailedAttempt failed = Refused(((IPEndPoint)listener.LocalEndPoint!).Port, IPAddress.Parse("127.0.0.2"));
        Verdict verdict = Judge(failed);
        Assert.Equal("conn-refused-wrong-bind", verdict.Cause.Id);
        Assert.Equal("127.0.0.1", verdict.Facts["listener"].Split(':')[0]);
        // Somewhere else the same port proves nothing.
        Is("conn-refused-no-listener", failed with { Remote = failed.Remote with { Address = IPAddress.Parse("192.0.2.1") } });
    }

    [Fact]
    public void A_refusal_where_somebody_listens_is_no_missing_listener()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Is("unknown-reset", Refused(((IPEndPoint)listener.LocalEndPoint!).Port, IPAddress.Loopback));
    }

    [Fact]
    public void A_full_accept_queue_of_this_host_is_seen_without_root()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        var service = (IPEndPoint)listener.LocalEndPoint!;
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Connect(service);
        Is("accept-queue-overflow-drop", Refused(service.Port, IPAddress.Loopback) with { Errno = 0, TimedOut = true, Sample = new TcpSample { RetransmitsTotal = 1 } });
    }

    [Fact]
    public void Without_local_ports_no_segment_left() =>
        Is("ephemeral-port-exhaustion", At(AttemptStage.Connect, EADDRNOTAVAIL, port: 0));

    [Fact]
    public void A_kernel_that_gave_up_has_repeated_its_SYN() =>
        Is("syn-dropped-firewall", At(AttemptStage.Connect, ETIMEDOUT), atMost: 0.6);

    [Theory]
    [InlineData(0, "unknown-timeout")]
    [InlineData(1, "unknown-timeout")]
    [InlineData(2, "syn-dropped-firewall")]
    public void Our_own_connect_timeout_proves_as_much_as_the_SYNs_that_were_sent(int repeated, string cause) =>
        Is(cause, At(AttemptStage.Connect) with { TimedOut = true, Sample = new TcpSample { RetransmitsTotal = repeated } }, atMost: 0.6);

    [Theory]
    [InlineData(EHOSTUNREACH)]
    [InlineData(ENETUNREACH)]
    public void Nobody_there_is_a_timeout_that_nothing_explains(int errno) => Is("unknown-timeout", At(AttemptStage.Connect, errno), atMost: 0.3);

    [Theory]
    [InlineData(AttemptStage.Request, ECONNRESET)]
    [InlineData(AttemptStage.Response, ECONNRESET)]
    [InlineData(AttemptStage.Response, EPIPE)]
    [InlineData(AttemptStage.Tls, ECONNRESET)]
    [InlineData(AttemptStage.Connect, EMFILE)]
    [InlineData(AttemptStage.Response, 0)]
    public void What_nothing_explains_stays_unknown(AttemptStage stage, int errno) => Is("unknown-reset", At(stage, errno), atMost: 0.3);

    [Fact]
    public void A_reset_after_idle_alone_does_not_tell_who_forgot_the_connection() =>
        Is("unknown-reset", At(AttemptStage.Response, ECONNRESET) with { SinceTraffic = TimeSpan.FromSeconds(5), Sample = Asking }, atMost: 0.3);

    [Fact]
    public void The_end_of_the_stream_in_answer_to_a_request_after_idle_is_a_race()
    {
        FailedAttempt failed = At(AttemptStage.Response) with { PeerClosed = true, SinceTraffic = TimeSpan.FromSeconds(5), Sample = Asking with { LastAckReceived = TimeSpan.FromMilliseconds(0) } };
        Is("keepalive-race", failed, atMost: 0.9);
        // Not idle before; or the answer took its time; or nobody knows when the FIN came.
        Is("unknown-reset", failed with { SinceTraffic = TimeSpan.FromMilliseconds(20) });
        Is("unknown-reset", failed with { Sample = Asking with { LastDataSent = TimeSpan.FromSeconds(3), LastAckReceived = TimeSpan.Zero } });
        Is("unknown-reset", failed with { Sample = null });
    }

    [Fact]
    public void A_FIN_that_was_there_long_before_the_request_is_stale_reuse()
    {
        FailedAttempt failed = At(AttemptStage.Response) with { PeerClosed = true, SinceTraffic = TimeSpan.FromSeconds(5), Sample = Asking with { LastAckReceived = TimeSpan.FromSeconds(2) } };
        Is("stale-conn-reuse", failed);
        Is("stale-conn-reuse", failed with { PeerClosed = false, Errno = EPIPE });
    }

    [Fact]
    public void The_end_of_the_first_exchange_is_no_race() =>
        Is("unknown-reset", At(AttemptStage.Response) with { PeerClosed = true, BytesSent = 100, Sample = Asking with { LastDataReceived = null } });

    [Fact]
    public void Unacknowledged_data_that_was_sent_again_is_a_retransmission_timeout()
    {
        TcpSample dead = Asking with { RetransmitsInARow = 6, RetransmitsTotal = 6, UnackedBytes = 0 };
        Is("retransmission-timeout", At(AttemptStage.Response, ETIMEDOUT) with { BytesSent = 200, Sample = dead });
        Is("retransmission-timeout", At(AttemptStage.Response) with { TimedOut = true, BytesSent = 200, Sample = dead });
        Is("unknown-timeout", At(AttemptStage.Response) with { TimedOut = true, BytesSent = 200, Sample = dead with { RetransmitsInARow = 1 } }, atMost: 0.3);
        Is("unknown-timeout", At(AttemptStage.Response, ETIMEDOUT), atMost: 0.3);
    }

    [Fact]
    public void An_idle_connection_that_timed_out_did_so_by_its_keep_alive() =>
        Is("keepalive-timeout-dead-peer", At(AttemptStage.Idle, ETIMEDOUT), atMost: 0.8);

    [Fact]
    public void A_request_that_was_acknowledged_and_not_answered_stays_unknown()
    {
        Verdict verdict = Judge(At(AttemptStage.Response) with { TimedOut = true, BytesSent = 100, Sample = Asking });
        Assert.Equal("unknown-timeout", verdict.Cause.Id);
        Assert.Contains(verdict.Evidence, item => item.What == "request acknowledged, not answered");
    }

    [Fact]
    public void Evidence_names_no_tracepoint_that_nobody_asked()
    {
        var findings = new Findings();
        findings.Add(Judge(At(AttemptStage.Connect, ECONNREFUSED)));
        findings.Add(Judge(At(AttemptStage.Connect, ETIMEDOUT)));
        findings.Add(Judge(At(AttemptStage.Response, ECONNRESET) with { Sample = Asking }));
        Finding[] told = [.. OwnEvidence.Told(findings)];
        Assert.Equal(3, told.Length);
        Assert.All(told.SelectMany(finding => finding.Evidence), item => Assert.DoesNotContain(":tcp_", item.Source, StringComparison.Ordinal));
    }

    private static FailedAttempt Refused(int port, IPAddress address) => new()
    {
        Time = Start, Stage = AttemptStage.Connect, Errno = ECONNREFUSED, Local = new Endpoint(IPAddress.Loopback, 50_000), Remote = new Endpoint(address, port),
    };

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
