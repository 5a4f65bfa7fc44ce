using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>A namespace that goes under its connections, and what only looks like it.</summary>
public class RemovalTests
{
    private static readonly ProcessInfo Killed = new(22, "orders-api") { Exiting = true, Signal = 9 };
    private readonly Line _line = new();

    [Fact]
    public void A_close_that_could_not_leave_a_namespace_that_then_went_is_told()
    {
        Assert.Equal(["warning netns-destroyed 1"], Verdicts(Stranded(0, ServerDone), Gone(400)));
        Assert.Equal(["critical netns-destroyed 1"], Verdicts(Stranded(0, ServerOwing), Gone(400)));
        Assert.Equal(["critical netns-destroyed 1"], Verdicts(Stranded(0, ServerOwing), Gone(30_000)));
    }

    [Fact]
    public void A_reset_that_could_not_leave_is_the_same()
    {
        TcpSample unread = ServerOwing with { UnreadBytes = 811 };
        StateChanged aborted = _line.Server.Closed(0, TcpState.Established, unread, byProcess: true) with { Stranded = true, Process = Killed };

        Assert.Equal(["critical netns-destroyed 1"], Verdicts(aborted, _line.Server.Sent(0.01, "TCP_ABORT_ON_CLOSE", unread), Gone(400)));
        Assert.Equal(["critical netns-destroyed 1"], Verdicts(aborted, _line.Server.Sent(0.01, "TCP_STATE", unread with { LingerZero = true }), Gone(400)));
    }

    [Fact]
    public void What_its_peer_meets_later_is_no_second_failure()
    {
        TcpSample lost = ClientWaiting with { UnackedBytes = 811, RetransmitsInARow = 3, Age = TimeSpan.FromSeconds(60) };
        Event[] timeout = [_line.Client.Again(20_000, TcpState.Established, 3, lost), _line.Client.Closed(40_000, TcpState.Established, lost), _line.Client.Told(40_000, 110, lost)];
        Event[] reset = [_line.Server.Refused(50_000, "NO_SOCKET", TcpFlags.Psh | TcpFlags.Ack), .. _line.Client.IsReset(50_000.1, TcpState.Established, lost, OfNoSocket)];

        Assert.Equal(["warning netns-destroyed 1"], Verdicts([Stranded(0, ServerDone), Gone(400), .. timeout]));
        Assert.Equal(["warning netns-destroyed 1"], Verdicts([Stranded(0, ServerDone), Gone(400), .. reset]));
        // It may notice before the namespace is found gone.
        Assert.Equal(["critical netns-destroyed 1"], Verdicts([Stranded(0, ServerDone), .. timeout[..1], Gone(25_000), .. timeout[1..]]));
        // One that gave up before has been told.
        Assert.Equal(["critical retransmission-timeout 1"], Verdicts([.. timeout, Stranded(45_000, ServerDone), Gone(46_000)]));
    }

    [Fact]
    public void The_next_connection_from_the_same_port_is_another()
    {
        var next = new Line(socket: 50);
        TcpSample served = ServerOwing with { LingerZero = true, Age = TimeSpan.FromSeconds(1) }, waited = ClientWaiting with { Age = TimeSpan.FromSeconds(1) };

        Assert.Equal(["critical linger-zero-abort 1", "warning netns-destroyed 1"], Verdicts(
            [Stranded(0, ServerDone), Gone(400), .. next.Server.Aborts(9_000, TcpState.Established, "TCP_STATE", served), .. next.Client.IsReset(9_000.1, TcpState.Established, waited, OfProgram)]));
    }

    [Fact]
    public void While_the_namespace_stays_its_process_died()
    {
        Assert.Equal(["critical process-crash 1"], Verdicts(Stranded(0, ServerOwing)));
        Assert.Empty(Verdicts(Stranded(0, ServerOwing) with { Process = _line.Server.Process }));
        // Its number was given to another meanwhile.
        Assert.Equal(["critical process-crash 1"], Verdicts(Gone(-5_000), new SettingsRead { Time = Line.At(-1_000), Netns = Line.ServerNetns, Values = [] }, Stranded(0, ServerOwing)));
        // Whoever is removed later had closed in time.
        Assert.Equal(["critical process-crash 1"], Verdicts(Stranded(0, ServerOwing) with { Stranded = false }, Gone(400)));
    }

    [Fact]
    public void Two_that_go_together_leave_nobody_behind()
    {
        StateChanged client = _line.Client.Closed(1, TcpState.Established, ClientServed, byProcess: true) with { To = TcpState.FinWait1, Stranded = true };

        Assert.Equal(["info netns-destroyed 1"], Verdicts(Stranded(0, ServerDone), client, Gone(400)));
    }

    private StateChanged Stranded(double at, TcpSample sample) =>
        _line.Server.Closed(at, TcpState.Established, sample, byProcess: true) with { To = TcpState.FinWait1, Stranded = true, Process = Killed };

    private static NamespaceGone Gone(double at) => new() { Time = Line.At(at), Netns = Line.ServerNetns };
}
