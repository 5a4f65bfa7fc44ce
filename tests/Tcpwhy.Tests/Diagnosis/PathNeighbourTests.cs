using System.Net;
using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>What happens between the ends, or at a queue of one of them.</summary>
public class PathNeighbourTests
{
    private readonly Line _line = new();

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

    /// <summary>A client that closes, or is ended, because what it sent is not acknowledged.</summary>
    [Theory]
    [InlineData(-3000, false, "warning retransmission-timeout 1")]
    [InlineData(-3000, true, "warning retransmission-timeout 1")]
    [InlineData(300, false, "warning fin-wait-orphan 1")]
    public void Who_closes_because_nothing_came_through_lost_nothing_by_the_close(double dropped, bool killed, string verdict)
    {
        TcpSample stuck = ClientWaiting with { Age = TimeSpan.FromSeconds(5), UnackedBytes = 80, RetransmitsInARow = 4, RetransmitsTotal = 4, LastAckReceived = TimeSpan.FromSeconds(5) };
        TcpSample Closed(double ago) => stuck with { Age = TimeSpan.FromMilliseconds(5000 + ago), Orphaned = true, RetransmitsInARow = 6, UnackedBytes = 81, SinceFinSent = TimeSpan.FromMilliseconds(ago) };
        LineEnd client = _line.Client with { Process = new ProcessInfo(11, "curl") { Exiting = killed, Signal = killed ? 15 : 0 } };
        Event[] lost = [.. Enumerable.Range(0, 4).Select(n => _line.Dropped(4000 + dropped + n * 400, "NETFILTER_DROP", TcpFlags.Psh | TcpFlags.Ack))];
        Event[] close = killed ? [client.Closed(4000, TcpState.Established, stuck, byProcess: true) with { To = TcpState.FinWait1 }] : [];

        Assert.Equal([verdict], Verdicts([.. lost.Concat(close).OrderBy(next => next.Time), new TrafficCounted { Time = Line.At(5500) }, client.Again(6000, TcpState.FinWait1, 5, Closed(2000)), client.Again(12_000, TcpState.FinWait1, 6, Closed(8000))]));
    }

    [Fact]
    public void What_never_came_through_is_not_what_a_server_that_ends_had_broken()
    {
        ProcessInfo killed = new(22, "orders-api") { Exiting = true, Signal = 15 };
        TcpSample stuck = ClientWaiting with { UnackedBytes = 80, RetransmitsInARow = 4, RetransmitsTotal = 4 };
        TcpSample idle = new() { Age = TimeSpan.FromSeconds(5), RttMicroseconds = 300 };

        Assert.DoesNotContain(Verdicts([
            _line.Dropped(0, "NETFILTER_DROP", TcpFlags.Psh | TcpFlags.Ack), _line.Client.Again(1400, TcpState.Established, 3, stuck), _line.Client.Again(3000, TcpState.Established, 4, stuck),
            (_line.Server with { Process = killed }).Closed(4000, TcpState.Established, idle, byProcess: true) with { To = TcpState.FinWait1 }, new TrafficCounted { Time = Line.At(7000) }]),
            verdict => verdict.Contains("process-crash"));
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
}
