using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>Processes that end, and what that was to their connections.</summary>
public class ProcessNeighbourTests
{
    private readonly Line _line = new();

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
}
