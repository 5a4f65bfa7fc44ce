using System.Net;
using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>Causes that look alike from one side, told apart by what else was seen.</summary>
public class NeighbourTests
{
    private readonly Line _line = new();

    [Fact]
    public void A_refusal_is_of_the_kernel_that_sent_it_or_of_the_filter_that_dropped_the_SYN()
    {
        IEnumerable<Event> client = _line.Client.IsReset(0.2, TcpState.SynSent, Calling, OfNoSocket);

        Assert.Equal(["critical conn-refused-no-listener 1"], Verdicts([.. client, _line.Server.Refused(0.1, "NO_SOCKET", TcpFlags.Syn)]));
        Assert.Equal(["critical conn-refused-firewall-rst 1"], Verdicts([.. client, _line.Dropped(0.1, "NETFILTER_DROP", TcpFlags.Syn)]));
        Assert.Equal(["critical conn-refused-wrong-bind 1"], Verdicts([.. client, Line.Listening(8080, "127.0.0.1"), _line.Server.Refused(0.1, "NO_SOCKET", TcpFlags.Syn)]));
    }

    [Theory]
    [InlineData(3, "keepalive-race")]
    [InlineData(5000, "stale-conn-reuse")]
    public void A_client_that_had_the_FIN_before_its_eyes_reused_it_stale(double finBefore, string cause)
    {
        TcpSample wrote = ClientWaiting with { SinceFinReceived = TimeSpan.FromMilliseconds(finBefore), LastDataSent = TimeSpan.Zero, LastDataReceived = TimeSpan.FromSeconds(6), UnackedBytes = 811 };
        ResetSent late = _line.Server.Refused(0, "TCP_TIMEWAIT_SOCKET", TcpFlags.Psh | TcpFlags.Ack, TcpState.TimeWait, TimeSpan.FromMilliseconds(finBefore));

        Assert.Equal([$"critical {cause} 1"], Verdicts([late, .. _line.Client.IsReset(0.1, TcpState.CloseWait, wrote, OfNoSocket)]));
        Assert.Equal([$"critical {cause} 1"], Verdicts([.. _line.Client.IsReset(0.1, TcpState.CloseWait, wrote, OfNoSocket)]));
    }

    [Fact]
    public void Over_a_long_way_a_request_crosses_the_FIN_for_longer()
    {
        TcpSample closed = ServerDone with { SinceFinSent = TimeSpan.FromMilliseconds(180), RttMicroseconds = 200_000, Orphaned = true };

        Assert.Equal(["critical keepalive-race 1"], Verdicts([.. AbortsOnData(_line, 0, TcpState.FinWait1, closed)]));
    }

    [Fact]
    public void An_upload_that_an_early_close_cuts_off_is_no_race_of_an_idle_connection()
    {
        TcpSample uploading = ClientServed with { LastDataReceived = null, LastDataSent = TimeSpan.Zero, UnackedBytes = 40_000, UnsentBytes = 90_000 };
        TcpSample closed = ServerDone with { SinceFinSent = TimeSpan.FromMilliseconds(1), LastDataReceived = TimeSpan.FromMilliseconds(2) };

        Assert.DoesNotContain(Verdicts([.. AbortsOnData(_line, 0, TcpState.FinWait1, closed), .. _line.Client.IsReset(0.1, TcpState.Established, uploading, OfNoSocket)]), verdict => verdict.Contains("race"));
    }

    [Fact]
    public void Linger_zero_harms_when_an_answer_was_due()
    {
        TcpSample lingering = ServerOwing with { LingerZero = true };

        Assert.Equal(["critical linger-zero-abort 1"], Verdicts([.. _line.Server.Aborts(0, TcpState.Established, "TCP_STATE", lingering), .. _line.Client.IsReset(0.1, TcpState.Established, ClientWaiting, OfProgram)]));
        Assert.Equal(["info normal-reset-close 1"], Verdicts([.. _line.Server.Aborts(0, TcpState.Established, "TCP_STATE", ServerDone with { LingerZero = true }), .. _line.Client.IsReset(0.1, TcpState.Established, ClientServed, OfProgram)]));
        Assert.Equal(["info normal-reset-close 1"], Verdicts([.. _line.Client.Aborts(0, TcpState.Established, "TCP_STATE", ClientServed with { LingerZero = true }), .. _line.Server.IsReset(0.1, TcpState.Established, ServerDone, OfProgram)]));
    }

    [Fact]
    public void Unread_bytes_at_the_close_harm_when_it_was_the_server_that_closed()
    {
        Assert.Equal(["critical server-close-unread 1"], Verdicts([.. _line.Server.Aborts(0, TcpState.Established, "TCP_ABORT_ON_CLOSE", ServerOwing with { UnreadBytes = 811 }), .. _line.Client.IsReset(0.1, TcpState.Established, ClientWaiting, OfProgram)]));
        Assert.Equal(["info normal-reset-close 1"], Verdicts([.. _line.Client.Aborts(0, TcpState.Established, "TCP_ABORT_ON_CLOSE", ClientServed with { UnreadBytes = 24 }), .. _line.Server.IsReset(0.1, TcpState.Established, ServerDone, OfProgram)]));
    }

    [Theory]
    [InlineData(FirstWords.Proxy, FirstWords.Http400, "critical proxy-protocol-mismatch 1")]
    [InlineData(FirstWords.Proxy, FirstWords.HttpAnswer, "info normal-reset-close 1")]
    [InlineData(FirstWords.Unknown, FirstWords.Unknown, "info normal-reset-close 1")]
    public void A_proxy_that_drops_its_connection_once_it_has_a_400_was_not_understood(FirstWords said, FirstWords heard, string verdict)
    {
        TcpSample proxy = ClientServed with { Said = said, Heard = heard, LingerZero = true, Relay = true };
        TcpSample server = ServerDone with { Said = heard, Heard = said };

        Assert.Equal([verdict], Verdicts([.. _line.Client.Aborts(0, TcpState.Established, "TCP_STATE", proxy), .. _line.Server.IsReset(0.1, TcpState.Established, server, OfProgram)]));
    }

    [Theory]
    [InlineData(TcpState.FinWait2)]
    [InlineData(TcpState.LastAck)]
    [InlineData(TcpState.Closing)]
    public void A_reset_after_our_FIN_was_acknowledged_is_a_way_to_close(TcpState state) =>
        Assert.Equal(["info normal-reset-close 1"], Verdicts([.. _line.Client.IsReset(0, state, ClientServed, OfProgram)]));

    [Fact]
    public void Who_gives_up_his_own_SYN_at_once_had_no_trouble() =>
        Assert.Empty(Verdicts([_line.Client.Closed(200, TcpState.SynSent, Calling with { Age = TimeSpan.FromMilliseconds(200) }, byProcess: true)]));

    [Fact]
    public void A_server_told_to_end_between_two_requests_alarms_nobody()
    {
        ProcessInfo ending = new(22, "orders-api") { Exiting = true, Signal = 15 };
        IEnumerable<Event> idle = Enumerable.Range(0, 5).SelectMany(n =>
        {
            var line = new Line(41000 + n, socket: (ulong)n + 1);
            return (line.Server with { Process = ending }).Aborts(n * 0.01, TcpState.Established, "TCP_STATE", ServerDone);
        });

        Assert.DoesNotContain(Answer([.. idle, new ProcessExited { Time = Line.At(1), Process = ending }]).Findings, finding => finding.Severity > Severity.Info);
    }

    /// <summary>The JVM ends with status 143 when it is told to by SIGTERM.</summary>
    [Theory]
    [InlineData(1, "critical process-crash 1")]
    [InlineData(137, "critical process-crash 1")]
    [InlineData(143, "warning process-crash 1")]
    public void A_server_that_ends_with_a_status_had_crashed(int status, string verdict)
    {
        ProcessInfo failed = new(22, "orders-api") { Exiting = true, ExitStatus = status };
        LineEnd server = _line.Server with { Process = failed };

        Assert.Equal([verdict], Verdicts([.. server.Aborts(0, TcpState.Established, "TCP_ABORT_ON_CLOSE", ServerOwing with { UnreadBytes = 811 }), .. _line.Client.IsReset(0.1, TcpState.Established, ClientWaiting, OfProgram)]));
    }

    /// <summary>A client that ends because it got no answer, at once or when it looks, is not what broke the connection.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(800)]
    public void What_a_client_does_after_its_server_died_is_no_failure_of_its_own(double after)
    {
        ProcessInfo killed = new(22, "orders-api") { Exiting = true, Signal = 15 };
        TcpSample owing = new() { Age = TimeSpan.FromMilliseconds(150), LastDataReceived = TimeSpan.FromMilliseconds(145), BytesReceived = 78, DataSegmentsIn = 1, RttMicroseconds = 300 };
        TcpSample waiting = new() { LastDataSent = TimeSpan.FromMilliseconds(145 + after), BytesSent = 78, BytesAcked = 79, DataSegmentsOut = 1 };
        TcpSample leaving = waiting with { Age = TimeSpan.FromMilliseconds(150 + after), BytesReceived = 1, SinceFinReceived = TimeSpan.FromMilliseconds(after), SinceFinSent = TimeSpan.FromMilliseconds(1) };
        LineEnd server = _line.Server with { Process = killed };
        LineEnd client = _line.Client with { Process = new ProcessInfo(11, "curl") { Exiting = true, ExitStatus = 52 } };

        Finding crash = Assert.Single(Answer(
            server.Closed(0, TcpState.Established, owing, byProcess: true) with { To = TcpState.FinWait1 },
            server.Closed(0.5, TcpState.FinWait2, owing with { SinceFinSent = TimeSpan.FromMilliseconds(0.5) }),
            client.Closed(after, TcpState.LastAck, leaving)).Findings);

        Assert.Equal(("process-crash", Fault.Server, Severity.Warning, 1), (crash.Cause, crash.Fault, crash.Severity, crash.Count));
    }

    /// <summary>A database ends a session that it refuses with a word and a status; a program that fails in the middle of an answer leaves more behind.</summary>
    [Theory]
    [InlineData(96, Severity.Info)]
    [InlineData(60_000, Severity.Critical)]
    public void A_process_that_ends_after_its_last_word_was_no_loss(int under, Severity severity)
    {
        ProcessInfo ended = new(22, "postgres") { Exiting = true, ExitStatus = 1 };
        TcpSample refusing = ServerDone with { MssBytes = 1448, UnackedBytes = under, LastDataSent = TimeSpan.Zero, LastDataReceived = TimeSpan.Zero };

        Finding crash = Assert.Single(Answer((_line.Server with { Process = ended }).Closed(0, TcpState.Established, refusing, byProcess: true) with { To = TcpState.FinWait1 }).Findings);

        Assert.Equal(("process-crash", severity), (crash.Cause, crash.Severity));
    }

    [Theory]
    [InlineData(false, "warning protocol-mismatch 1")]
    [InlineData(true, null)]
    public void A_proxy_whose_server_refused_it_closed_for_that_and_not_for_what_it_was_told(bool refused, string? expected)
    {
        TcpSample silent = new() { Age = TimeSpan.FromMilliseconds(2), LastDataReceived = TimeSpan.FromMilliseconds(2), BytesReceived = 78, DataSegmentsIn = 1, SinceFinSent = TimeSpan.FromMilliseconds(1), RttMicroseconds = 300 };
        var behind = new Line(41023, 9000, client: "10.0.2.2", service: "10.0.3.2", socket: 2);
        IEnumerable<Event> refusal = refused ? (behind.Client with { Process = _line.Server.Process }).IsReset(0, TcpState.SynSent, Calling, OfNoSocket) : [];

        string[] verdicts = Verdicts([.. refusal, _line.Server.Closed(1.5, TcpState.FinWait2, silent)]);

        Assert.Equal(expected, Array.Find(verdicts, verdict => verdict.Contains("protocol")));
    }

    [Theory]
    [InlineData(5, "warning protocol-mismatch 1")]
    [InlineData(7, "critical server-close-unread 1")]
    public void A_server_that_read_the_head_of_a_TLS_record_and_closed_was_spoken_to_in_clear(int taken, string verdict)
    {
        TcpSample closed = new() { Age = TimeSpan.FromMilliseconds(2), LastDataReceived = TimeSpan.FromMilliseconds(2), BytesReceived = 79, DataSegmentsIn = 1, UnreadBytes = 79 - taken, RttMicroseconds = 300 };
        TcpSample asked = new() { Age = TimeSpan.FromMilliseconds(2), LastDataSent = TimeSpan.FromMilliseconds(2), BytesSent = 79, BytesAcked = 80, DataSegmentsOut = 1, RttMicroseconds = 300 };

        Assert.Equal([verdict], Verdicts([.. _line.Server.Aborts(0, TcpState.Established, "TCP_ABORT_ON_CLOSE", closed), .. _line.Client.IsReset(0.1, TcpState.Established, asked, OfProgram)]));
    }

    /// <summary>A worker that its supervisor ends for want of an answer closes what it has, and fails a moment later.</summary>
    [Theory]
    [InlineData(9, 0, "critical process-crash 1")]
    [InlineData(0, 1, "critical process-crash 1")]
    [InlineData(0, 0, null)]
    public void A_worker_that_closes_while_it_owes_an_answer_and_fails_had_died(int signal, int status, string? expected)
    {
        TcpSample owing = new() { Age = TimeSpan.FromMilliseconds(3090), LastDataReceived = TimeSpan.FromMilliseconds(3090), BytesReceived = 80, DataSegmentsIn = 1, SinceFinSent = TimeSpan.FromMilliseconds(0.2), RttMicroseconds = 48, UnreadBytes = 1 };

        Answer answer = Answer(
            _line.Server.Closed(0, TcpState.FinWait2, owing),
            new ProcessExited { Time = Line.At(370), Process = _line.Server.Process with { Exiting = true, Signal = signal, ExitStatus = status } },
            new TrafficCounted { Time = Line.At(2000) });

        Assert.Equal(expected is null ? [] : [expected], Words(answer));
        // The client's FIN takes a byte's place, and was no byte.
        Assert.DoesNotContain(answer.Findings.SelectMany(finding => finding.Evidence), evidence => evidence.What.StartsWith("unread", StringComparison.Ordinal));
    }

    /// <summary>What one client is told by a close (nginx's 444, a program that thinks better of it) is no matter of protocols where others are answered.</summary>
    [Theory]
    [InlineData("nginx", PortSpeech.None, "critical proxy-protocol-mismatch 1")]
    [InlineData("nginx", PortSpeech.Answers, null)]
    [InlineData("node", PortSpeech.None, "warning protocol-mismatch 1")]
    [InlineData("node", PortSpeech.Answers, null)]
    public void A_port_that_answers_others_speaks_their_language(string comm, PortSpeech port, string? expected)
    {
        TcpSample silent = new() { Age = TimeSpan.FromMilliseconds(2), LastDataReceived = TimeSpan.FromMilliseconds(2), BytesReceived = 78, DataSegmentsIn = 1, SinceFinSent = TimeSpan.FromMilliseconds(1), RttMicroseconds = 300, PortSpeaks = port };

        string[] verdicts = Verdicts((_line.Server with { Process = new ProcessInfo(22, comm) }).Closed(0, TcpState.FinWait2, silent));

        Assert.Equal(expected, verdicts is [var only] ? only : null);
    }

    /// <summary>A service that ends well, as it is told to, owes those whom it has begun to serve their answers; one that takes and never answers owes none.</summary>
    [Theory]
    [InlineData(PortSpeech.Answers, true, "warning process-crash 1")]
    [InlineData(PortSpeech.Answers, false, null)]
    [InlineData(PortSpeech.None, true, null)]
    public void A_service_that_ends_well_in_the_middle_of_requests_cut_them_off(PortSpeech port, bool listener, string? expected)
    {
        TcpSample owing = new() { Age = TimeSpan.FromMilliseconds(1300), LastDataReceived = TimeSpan.FromMilliseconds(1300), BytesReceived = 80, DataSegmentsIn = 1, SinceFinSent = TimeSpan.FromMilliseconds(0.2), RttMicroseconds = 48, PortSpeaks = port };
        Listening listening = Line.Listening(8080);

        string[] verdicts = Verdicts(
            listening,
            new ProcessExited { Time = Line.At(1), Process = _line.Server.Process with { Exiting = true } },
            _line.Server.Closed(2, TcpState.FinWait2, owing),
            listening with { Time = Line.At(3), Closed = listener },
            new TrafficCounted { Time = Line.At(2000) });

        Assert.Equal(expected, verdicts is [var only] ? only : null);
    }

    [Theory]
    [InlineData(false, "critical lb-timeout-server 1")]
    [InlineData(true, null)]
    public void A_proxy_that_ends_lets_go_of_what_it_waits_for_and_met_no_timeout(bool ends, string? expected)
    {
        ProcessInfo proxy = new(11, "nginx");
        TcpSample waiting = new() { Age = TimeSpan.FromSeconds(3), LastDataSent = TimeSpan.FromSeconds(2), BytesSent = 80, BytesAcked = 82, DataSegmentsOut = 1, SinceFinSent = TimeSpan.Zero, Relay = true };
        IEnumerable<Event> end = ends ? [new ProcessExited { Time = Line.At(1), Process = proxy with { Exiting = true } }] : [];

        Assert.Equal(expected is null ? [] : [expected], Verdicts([(_line.Client with { Process = proxy }).Closed(0, TcpState.FinWait2, waiting), .. end]));
    }

    [Fact]
    public void A_late_answer_to_a_client_that_is_still_closing_is_late_all_the_same()
    {
        TcpSample left = new() { LastDataSent = TimeSpan.FromSeconds(2), LastDataReceived = TimeSpan.FromSeconds(2), BytesSent = 77, BytesAcked = 79, DataSegmentsOut = 1 };
        TcpSample late = new() { Age = TimeSpan.FromSeconds(2), SinceFinReceived = TimeSpan.FromMilliseconds(8), LastDataSent = TimeSpan.Zero, LastDataReceived = TimeSpan.FromSeconds(2), BytesSent = 118, BytesReceived = 78, DataSegmentsIn = 1, DataSegmentsOut = 1, UnackedBytes = 118 };

        Assert.Equal(["info http-client-abort 1"], Verdicts([_line.Client.Sent(0, "TCP_ABORT_ON_DATA", left, TcpFlags.Psh | TcpFlags.Ack), .. _line.Server.IsReset(0.1, TcpState.CloseWait, late, OfNoSocket)]));
    }

    /// <summary>Who sends logs is never answered: that it received nothing for long is no idle time.</summary>
    [Theory]
    [InlineData(9, "critical early-close-while-peer-sends 1")]
    [InlineData(1, "critical keepalive-race 1")]
    public void A_stream_that_its_receiver_closes_was_not_idle(int acked, string verdict)
    {
        TcpSample sending = new() { Age = TimeSpan.FromSeconds(2), LastDataSent = TimeSpan.Zero, SinceFinReceived = TimeSpan.FromMilliseconds(16), BytesSent = acked + 3, BytesAcked = acked, BytesReceived = 1, UnackedBytes = 4, DataSegmentsOut = 3 };

        Assert.Equal([verdict], Verdicts([
            _line.Server.Refused(0, "TCP_TIMEWAIT_SOCKET", TcpFlags.Psh | TcpFlags.Ack, TcpState.TimeWait, TimeSpan.FromMilliseconds(16)),
            .. _line.Client.IsReset(0.1, TcpState.CloseWait, sending, OfNoSocket)]));
    }

    [Theory]
    [InlineData(1, "warning protocol-mismatch 1")]
    [InlineData(10, null)]
    public void A_stream_that_was_taken_for_a_while_was_not_closed_at_its_first_words(int segments, string? expected)
    {
        TcpSample silent = new() { Age = TimeSpan.FromSeconds(2), LastDataReceived = TimeSpan.FromMilliseconds(2), BytesReceived = 40, DataSegmentsIn = segments, SinceFinSent = TimeSpan.FromMilliseconds(1), RttMicroseconds = 300 };

        Assert.Equal(expected is null ? [] : [expected], Verdicts(_line.Server.Closed(0, TcpState.FinWait2, silent)));
    }

    [Fact]
    public void Many_ports_tried_once_are_a_scan_and_tried_again_and_again_an_outage()
    {
        static Event Refuse(int port, int tries) => new Line(40_000 + port + tries * 1000, 8000 + port, socket: 1).Server.Refused(port + tries * 1000, "NO_SOCKET", TcpFlags.Syn);

        Assert.Equal(["info port-scan-noise 12"], Verdicts(Enumerable.Range(0, 12).Select(port => Refuse(port, 0))));
        Assert.Contains(Verdicts(Enumerable.Range(0, 10).SelectMany(tries => Enumerable.Range(0, 12).Select(port => Refuse(port, tries)))),
            verdict => verdict.StartsWith("critical conn-refused-no-listener", StringComparison.Ordinal));
    }

    /// <summary>A security scanner comes every night; no host has forty services of one client that are all down.</summary>
    [Fact]
    public void A_scan_that_is_repeated_is_a_scan_and_a_port_beside_it_an_outage()
    {
        static Event Refuse(int port, int tries) => new Line(20_000 + port + tries * 100, 8000 + port, socket: 1).Server.Refused(port + tries * 1000, "NO_SOCKET", TcpFlags.Syn);
        IEnumerable<Event> scans = Enumerable.Range(0, 5).SelectMany(tries => Enumerable.Range(0, 40).Select(port => Refuse(port, tries)));

        Assert.Equal(["info port-scan-noise 200"], Verdicts(scans));
        Assert.Contains(Verdicts([.. scans, .. Enumerable.Range(5, 30).Select(tries => Refuse(7, tries))]),
            verdict => verdict.StartsWith("critical conn-refused-no-listener", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(5, 0, "critical conn-rejected-icmp 1")]
    [InlineData(300, 113, "critical conn-rejected-icmp 1")]
    [InlineData(300, 0, "critical syn-dropped-firewall 1")]
    public void Who_leaves_at_once_was_told_and_who_leaves_before_a_SYN_is_due_again_waited_in_vain(int waited, int softError, string verdict)
    {
        TcpSample calling = Calling with { Age = TimeSpan.FromMilliseconds(waited), SoftError = softError };

        Assert.Equal([verdict], Verdicts([_line.Dropped(0, "NETFILTER_DROP", TcpFlags.Syn), _line.Client.Closed(waited, TcpState.SynSent, calling, byProcess: true)]));
    }

    [Theory]
    [InlineData(2, "info port-scan-noise 12")]
    [InlineData(3, "critical syn-dropped-firewall 1")]
    public void A_scan_that_a_filter_keeps_out_is_a_scan_and_who_calls_again_and_again_wants_in(int syns, string verdict)
    {
        IEnumerable<Event> scan = Enumerable.Range(0, 12).SelectMany(port => Filtered(new Line(40_000 + port, 8000 + port, socket: (ulong)port + 1), port, syns));

        Assert.Equal(verdict, Verdicts(scan)[0]);
    }

    private static IEnumerable<Event> Filtered(Line line, double at, int syns) =>
        [
            .. Enumerable.Range(0, syns).SelectMany<int, Event>(n => [line.Dropped(at + 1000 * n, "NETFILTER_DROP", TcpFlags.Syn), .. n == 0 ? [] : (Event[])[line.Client.Again(at + 1000 * n, TcpState.SynSent, n, Calling)]]),
            line.Client.Closed(at + 1000 * syns - 100, TcpState.SynSent, Calling with { Age = TimeSpan.FromSeconds(syns), RetransmitsTotal = syns - 1 }, byProcess: true),
        ];

    [Fact]
    public void A_flood_of_names_is_a_finding_of_the_service()
    {
        IEnumerable<Event> flood = Enumerable.Range(0, 200).Select(n => new Line(client: $"198.51.100.{n}")).Select((line, n) => new SynQueueFull
        {
            Time = Line.At(n), Netns = Line.ServerNetns, Local = line.Server.Local, Remote = line.Server.Remote, Waiting = 5, Backlog = 4, Process = line.Server.Process,
        });
        var counted = new CountersRead { Time = Line.At(900), Netns = Line.ServerNetns, Moved = new SortedDictionary<string, long> { ["TcpExtTCPReqQFullDoCookies"] = 200 } };

        Answer answer = Answer([.. flood, counted]);

        Assert.InRange(answer.Findings.Count, 1, 25);
        Assert.Equal(200, answer.Findings.Sum(finding => finding.Count));
    }

    [Theory]
    [InlineData("10.0.2.9", 3000, "lb-failover-misroute")]
    [InlineData("10.0.2.2", 10, "lb-failover-misroute")]
    [InlineData("10.0.2.2", 3000, "lb-idle-rst")]
    public void A_box_that_answers_in_its_own_name_after_a_pause_has_forgotten_what_it_translates(string answers, double idle, string cause)
    {
        LineEnd client = _line.Client, other = new Line(service: answers).Server;
        TcpSample sample = ClientWaiting with { LastDataSent = TimeSpan.Zero, LastAckReceived = TimeSpan.FromMilliseconds(idle) };
        SocketFound server = new() { Time = Line.At(2), Netns = Line.ServerNetns, Socket = 7, Local = new Endpoint(IPAddress.Parse("10.0.3.2"), 9000), Remote = client.Local, State = TcpState.Established };

        Assert.Equal([$"critical {cause} 1"], Verdicts([other.Refused(0, "NO_SOCKET", TcpFlags.Psh | TcpFlags.Ack), .. client.IsReset(0.1, TcpState.Established, sample, OfNoSocket), server]));
    }

    [Theory]
    [InlineData(1, "middlebox-rst")]
    [InlineData(4000, "lb-idle-rst")]
    public void What_neither_end_sent_came_from_between_and_from_a_clock_there_when_nobody_had_spoken(double quiet, string cause)
    {
        var since = TimeSpan.FromMilliseconds(quiet);

        Assert.Equal([$"critical {cause} 1"], Verdicts([
            .. _line.Client.IsReset(0, TcpState.Established, ClientServed with { LastDataSent = since, LastDataReceived = since }, OfProgram),
            .. _line.Server.IsReset(0.1, TcpState.Established, ServerDone with { LastDataSent = since, LastDataReceived = since }, OfProgram)]));
    }

    [Theory]
    [InlineData(64_512, "critical retransmission-timeout 1")]
    [InlineData(0, "warning unknown-timeout 1")]
    public void What_cannot_leave_the_host_is_given_up_without_a_repetition(int window, string verdict)
    {
        TcpSample stuck = ClientWaiting with { UnsentBytes = 4, ProbesUnanswered = 3, SendWindowBytes = window, LastAckReceived = TimeSpan.FromSeconds(4) };

        Assert.Equal([verdict], Verdicts([_line.Client.Closed(0, TcpState.Established, stuck), _line.Client.Told(0.01, 101, stuck)]));
    }

    [Fact]
    public void An_end_that_goes_on_repeating_when_the_other_has_left_is_the_same_failure()
    {
        static TcpSample Stuck(double age) => ServerOwing with { Age = TimeSpan.FromMilliseconds(age), UnackedBytes = 15_708, MssBytes = 1428, RetransmitsInARow = 4 };
        Dropped TooBig(double at) => new() { Time = Line.At(at), Netns = Line.RouterNetns, Local = _line.Client.Local, Remote = _line.Server.Local, Reason = "PKT_TOO_BIG", Flags = TcpFlags.Ack };
        Event[] first = [TooBig(1400), _line.Server.Again(1400, TcpState.Established, 4, Stuck(3400)), _line.Client.Closed(5000, TcpState.FinWait2, ClientWaiting)];
        Event[] later = [TooBig(9000), _line.Server.Again(9000, TcpState.CloseWait, 6, Stuck(11_000)), _line.Server.Closed(20_000, TcpState.CloseWait, Stuck(22_000)), _line.Server.Told(20_000.01, 110, Stuck(22_000))];

        Assert.Equal(["critical pmtu-blackhole 1"], Verdicts([.. first, new TrafficCounted { Time = Line.At(6000) }, .. later]));
    }

    [Fact]
    public void Who_finds_out_later_that_the_other_end_gave_up_is_no_second_failure()
    {
        TcpSample waiting = ClientWaiting with { UnackedBytes = 4, RetransmitsInARow = 5, UserTimeoutMilliseconds = 6000 };
        Event[] givenUp = [_line.Dropped(0, "NETFILTER_DROP", TcpFlags.Psh | TcpFlags.Ack), _line.Client.Closed(6000, TcpState.Established, waiting), _line.Client.Told(6000.01, 110, waiting)];
        IEnumerable<Event> later = [_line.Client.Refused(9000, "NO_SOCKET", TcpFlags.Ack), .. _line.Server.IsReset(9000.1, TcpState.Established, ServerDone with { Age = TimeSpan.FromSeconds(15), LastDataSent = TimeSpan.Zero }, OfNoSocket)];

        Assert.Equal(["critical user-timeout 1"], Verdicts([.. givenUp, new TrafficCounted { Time = Line.At(8000) }, .. later]));
    }

    [Theory]
    [InlineData("NETFILTER_DROP", "user-timeout")]
    [InlineData("TCP_MD5FAILURE", "md5-ao-mismatch")]
    [InlineData("TC_INGRESS", "bpf-policy-drop")]
    public void A_timeout_of_the_programs_own_choice_is_no_cause_where_one_is_seen(string reason, string cause)
    {
        TcpSample waiting = ClientWaiting with { UnackedBytes = 4, RetransmitsInARow = 3, UserTimeoutMilliseconds = 6000, LastDataSent = TimeSpan.FromSeconds(6), LastAckReceived = TimeSpan.FromSeconds(6) };

        Assert.Equal([$"critical {cause} 1"], Verdicts([.. Enumerable.Range(0, 4).Select(n => _line.Dropped(200 * n, reason, TcpFlags.Psh | TcpFlags.Ack)), _line.Client.Again(600, TcpState.Established, 3, waiting),
            _line.Client.Closed(6000, TcpState.Established, waiting), _line.Client.Told(6000.01, 110, waiting)]));
    }

    [Fact]
    public void A_buffer_that_is_fixed_and_small_limits_who_waits_for_it_most_of_the_time()
    {
        HeldUp sender = Look(_line.Client, new Transfer { Busy = TimeSpan.FromSeconds(5), LimitedByWindow = TimeSpan.FromSeconds(2.8), WidestWindowBytes = 2896 });
        HeldUp receiver = Look(_line.Server, new Transfer { ReceiveBufferBytes = 8192, ReceiveBufferFixed = true });

        Assert.Equal(["warning rcvbuf-limited 1"], Verdicts(sender, receiver));
        Assert.Empty(Verdicts(sender with { Transfer = sender.Transfer with { LimitedByWindow = TimeSpan.FromSeconds(2) } }, receiver));
    }

    private static HeldUp Look(LineEnd end, Transfer transfer) => new()
    {
        Time = Line.At(0), Netns = end.Netns, Socket = end.Socket, Local = end.Local, Remote = end.Remote, State = TcpState.Established, Process = end.Process,
        Sample = ClientServed with { Opener = end.Opener, MssBytes = 1448, SendWindowBytes = 2896 }, Transfer = transfer,
    };

    [Theory]
    [InlineData(6, 30, "warning tcp-backlog-drop 1")]
    [InlineData(6, 1, null)]
    [InlineData(3, 100, null)]
    public void A_socket_that_was_locked_for_a_moment_is_no_news(int drops, int apart, string? expected)
    {
        IEnumerable<Event> dropped = Enumerable.Range(0, drops).Select(n => _line.Dropped(n * apart, "SOCKET_BACKLOG", TcpFlags.Psh | TcpFlags.Ack) with { Netns = 0 });

        Assert.Equal(expected is null ? [] : [expected], Verdicts(dropped));
    }

    [Fact]
    public void What_was_dropped_at_a_locked_socket_was_not_lost_on_the_way()
    {
        IEnumerable<Event> dropped = Enumerable.Range(0, 40).Select(n => _line.Dropped(n * 10, "SOCKET_BACKLOG", TcpFlags.Psh | TcpFlags.Ack) with { Netns = 0 });
        TcpSample stuck = ClientWaiting with { UnackedBytes = 811, RetransmitsInARow = 4, RetransmitsTotal = 9, DataSegmentsOut = 60, RetransmitTimeoutMicroseconds = 3_200_000 };

        Assert.Equal(["warning tcp-backlog-drop 1"], Verdicts([.. dropped, _line.Client.Again(3000, TcpState.Established, 4, stuck)]));
    }

    /// <summary>The client's first segments vanish in a packet filter; what connection tracking there has seen of the handshake tells why.</summary>
    [Theory]
    [InlineData(true, true, 0, "critical asymmetric-routing 1")]
    [InlineData(false, true, 5, "critical asymmetric-routing 1")]
    [InlineData(false, true, 0, "critical retransmission-timeout 1")]
    [InlineData(false, false, 5, "critical retransmission-timeout 1")]
    public void A_filter_that_has_seen_half_a_handshake_sees_one_direction_alone(bool oneWay, bool halfOpen, int invalid, string expected)
    {
        Dropped dropped = _line.Dropped(0, "NETFILTER_DROP", TcpFlags.Psh | TcpFlags.Ack);
        TcpSample stuck = Calling with { UnackedBytes = 811, RetransmitsInARow = 4, RetransmitsTotal = 4, DataSegmentsOut = 5, Age = TimeSpan.FromSeconds(7), LastAckReceived = TimeSpan.FromSeconds(7), LastDataSent = TimeSpan.FromSeconds(7) };

        Assert.Equal([expected], Verdicts([dropped, Tracked(dropped, oneWay, halfOpen, known: true), Invalid(invalid), .. Dies(_line.Client, TcpState.Established, stuck)]));
    }

    [Theory]
    [InlineData(false, 5, "critical asymmetric-routing 1")]
    [InlineData(false, 0, "critical syn-dropped-firewall 1")]
    [InlineData(true, 5, "critical syn-dropped-firewall 1")]
    public void An_answer_to_a_SYN_that_tracking_never_saw_came_by_another_way(bool known, int invalid, string expected)
    {
        Dropped dropped = _line.Dropped(0, "NETFILTER_DROP", TcpFlags.Syn | TcpFlags.Ack) with { Local = _line.Client.Local, Remote = _line.Client.Remote };
        TcpSample calling = Calling with { RetransmitsTotal = 2, Age = TimeSpan.FromSeconds(7) };

        Assert.Equal([expected], Verdicts([Line.Listening(8080), dropped, Tracked(dropped, oneWay: known, halfOpen: known, known), Invalid(invalid), .. Dies(_line.Client, TcpState.SynSent, calling)]));
    }

    [Theory]
    [InlineData(6, 500, "warning seq-desync 1")]
    [InlineData(6, 10, null)]
    [InlineData(2, 3000, null)]
    public void Acknowledgements_that_go_to_and_fro_for_seconds_are_a_loop(int each, int apart, string? expected)
    {
        IEnumerable<Event> loop = Enumerable.Range(0, each).SelectMany(n => new[]
        {
            _line.Dropped(n * apart, "TCP_INVALID_SEQUENCE", TcpFlags.Ack) with { Netns = Line.ServerNetns },
            _line.Dropped(n * apart + 1, "TCP_ACK_UNSENT_DATA", TcpFlags.Ack) with { Netns = Line.ClientNetns, Local = _line.Client.Local, Remote = _line.Client.Remote },
        });

        Assert.Equal(expected is null ? [] : [expected], Verdicts([Line.Listening(8080), .. loop]));
    }

    private static ConntrackLooked Tracked(Dropped dropped, bool oneWay, bool halfOpen, bool known) => new()
    {
        Time = dropped.Time.AddMilliseconds(1), Netns = dropped.Netns, Local = dropped.Local, Remote = dropped.Remote, Known = known, OneWay = oneWay, HalfOpen = halfOpen,
        Caller = dropped.Remote, Called = dropped.Local, Answerer = dropped.Local, AnsweredTo = dropped.Remote, IdleTimeout = TimeSpan.FromDays(5),
    };

    private static CountersRead Invalid(int segments) => new() { Time = Line.At(1000), Netns = Line.RouterNetns, Moved = new() { ["conntrack_invalid"] = segments } };

    private static IEnumerable<Event> Dies(LineEnd end, TcpState state, TcpSample sample) => [end.Closed(7000, state, sample), end.Told(7000.1, 110, sample)];

    /// <summary>Data for a socket whose owner has closed: the kernel resets itself first, though no reset was on the wire.</summary>
    private static IEnumerable<Event> AbortsOnData(Line line, double at, TcpState state, TcpSample sample) =>
    [
        line.Server.Got(at, state, sample),
        line.Server.Closed(at + 0.003, state, sample),
        line.Server.Sent(at + 0.006, "TCP_ABORT_ON_DATA", sample, TcpFlags.Psh | TcpFlags.Ack),
    ];
}
