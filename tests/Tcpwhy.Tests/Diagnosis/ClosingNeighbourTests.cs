using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>Ways to close a connection: harmless, too early, too late.</summary>
public class ClosingNeighbourTests
{
    private readonly Line _line = new();

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

    /// <summary>All that was sent had arrived; only who reads on knows that it was not all.</summary>
    [Theory]
    [InlineData(true, "critical linger-zero-abort 1")]
    [InlineData(false, "info normal-reset-close 1")]
    public void An_answer_that_is_cut_off_harms_who_waits_for_its_rest(bool reading, string verdict) =>
        Assert.Equal([verdict], Verdicts([.. _line.Server.Aborts(0, TcpState.Established, "TCP_STATE", ServerDone with { LingerZero = true }), .. _line.Client.IsReset(0.1, TcpState.Established, ClientServed with { Reading = reading }, OfProgram)]));

    [Fact]
    public void Unread_bytes_at_the_close_harm_when_it_was_the_server_that_closed()
    {
        Assert.Equal(["critical server-close-unread 1"], Verdicts([.. _line.Server.Aborts(0, TcpState.Established, "TCP_ABORT_ON_CLOSE", ServerOwing with { UnreadBytes = 811 }), .. _line.Client.IsReset(0.1, TcpState.Established, ClientWaiting, OfProgram)]));
        Assert.Equal(["info normal-reset-close 1"], Verdicts([.. _line.Client.Aborts(0, TcpState.Established, "TCP_ABORT_ON_CLOSE", ClientServed with { UnreadBytes = 24 }), .. _line.Server.IsReset(0.1, TcpState.Established, ServerDone, OfProgram)]));
    }

    [Theory]
    [InlineData(TcpState.FinWait2)]
    [InlineData(TcpState.LastAck)]
    [InlineData(TcpState.Closing)]
    public void A_reset_after_our_FIN_was_acknowledged_is_a_way_to_close(TcpState state) =>
        Assert.Equal(["info normal-reset-close 1"], Verdicts([.. _line.Client.IsReset(0, state, ClientServed, OfProgram)]));

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

    /// <summary>Data for a socket whose owner has closed: the kernel resets itself first, though no reset was on the wire.</summary>
    private static IEnumerable<Event> AbortsOnData(Line line, double at, TcpState state, TcpSample sample) =>
    [
        line.Server.Got(at, state, sample),
        line.Server.Closed(at + 0.003, state, sample),
        line.Server.Sent(at + 0.006, "TCP_ABORT_ON_DATA", sample, TcpFlags.Psh | TcpFlags.Ack),
    ];
}
