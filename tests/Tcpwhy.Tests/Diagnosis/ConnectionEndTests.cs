using Tcpwhy.Diagnosis;
using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>What one socket's events together mean.</summary>
public class ConnectionEndTests
{
    private readonly Line _line = new();

    [Fact]
    public void A_kernel_that_resets_itself_for_late_data_received_no_reset()
    {
        ConnectionEnd end = End(_line.Server.Got(0, TcpState.FinWait2, ServerDone), _line.Server.Closed(0.003, TcpState.FinWait2, ServerDone),
            _line.Server.Sent(0.006, "TCP_ABORT_ON_DATA", ServerDone, TcpFlags.Psh | TcpFlags.Ack));

        Assert.Null(end.Received);
        Assert.Equal(TcpState.FinWait2, end.State);
        Assert.False(end.Aborted); // a segment was the occasion
    }

    [Fact]
    public void The_first_sample_wins_because_a_reset_empties_the_queues()
    {
        ConnectionEnd end = End([.. _line.Client.IsReset(0, TcpState.Established, ClientWaiting with { UnackedBytes = 811 }).SkipLast(1), _line.Client.Told(1, 104, ClientWaiting)]);

        Assert.Equal(811, end.UndeliveredBytes);
    }

    [Fact]
    public void After_retransmissions_the_last_sample_wins_because_it_counts_them_all()
    {
        TcpSample once = ClientWaiting with { UnackedBytes = 811, RetransmitsInARow = 3 };
        ConnectionEnd end = End(_line.Client.Again(0, TcpState.Established, 3, once), _line.Client.Again(1000, TcpState.Established, 4, once with { RetransmitsInARow = 4 }),
            _line.Client.Closed(3000, TcpState.Established, once with { RetransmitsInARow = 5 }));

        Assert.Equal(5, end.Sample!.RetransmitsInARow);
    }

    [Fact]
    public void The_true_state_is_the_one_before_the_death_not_the_one_in_the_reset() =>
        Assert.Equal(TcpState.Established, End([.. _line.Server.Aborts(0, TcpState.Established, "TCP_ABORT_ON_CLOSE", ServerOwing)]).State);

    [Theory]
    [InlineData(TcpState.SynSent, 1, 0)]
    [InlineData(TcpState.FinWait1, 812, 811)]
    [InlineData(TcpState.LastAck, 1, 0)]
    [InlineData(TcpState.Established, 811, 811)]
    public void A_SYN_or_FIN_is_no_payload(TcpState state, int unacked, int undelivered) =>
        Assert.Equal(undelivered, End(_line.Client.Closed(0, state, ClientServed with { UnackedBytes = unacked })).UndeliveredBytes);

    [Fact]
    public void The_FIN_in_the_receive_queue_is_nothing_unread()
    {
        Assert.Equal(0, End(_line.Client.Closed(0, TcpState.CloseWait, ClientServed with { UnreadBytes = 1 })).UnreadBytes);
        Assert.Equal(24, End(_line.Client.Closed(0, TcpState.Established, ClientServed with { UnreadBytes = 24 })).UnreadBytes);
    }

    [Fact]
    public void Who_owns_an_end_is_found_out_later_too_and_an_ending_process_replaces_what_was_known()
    {
        ProcessInfo dying = new(22, "orders-api") { Exiting = true, Signal = 9 };
        ConnectionEnd end = End(_line.Server.Refused(0, "NO_SOCKET", TcpFlags.Ack), _line.Server.Closed(1, TcpState.Established), (_line.Server with { Process = dying }).Closed(2, TcpState.FinWait1));

        Assert.Equal(dying, end.Process);
        Assert.True(end.Exiting);
    }

    [Fact]
    public void The_last_death_is_the_one_to_CLOSED()
    {
        StateChanged fin = _line.Server.Closed(0, TcpState.Established) with { To = TcpState.FinWait1 };

        Assert.Equal(TcpState.FinWait1, End(fin, _line.Server.Closed(1, TcpState.FinWait1)).State);
        Assert.Equal(TcpState.Established, End(fin).State);
    }

    private static ConnectionEnd End(params Event[] events)
    {
        var end = new ConnectionEnd((SocketEvent)events[0]);
        foreach (Event next in events)
            end.Add((SocketEvent)next);
        return end;
    }
}
