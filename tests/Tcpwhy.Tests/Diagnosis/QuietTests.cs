using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>What looks like a failure to the kernel, and is how programs say goodbye.</summary>
public class QuietTests
{
    private readonly Line _line = new();

    /// <summary>curl, Go and Node answer the close_notify and FIN of a server that closes after its answer with a close_notify of their own.</summary>
    [Theory]
    [InlineData(24)]
    [InlineData(31)]
    public void A_goodbye_of_TLS_to_a_server_that_closed_first_is_no_lost_upload(int bytes)
    {
        TcpSample wrote = ClientServed with { SinceFinReceived = TimeSpan.FromMilliseconds(1), LastDataSent = TimeSpan.Zero, LastDataReceived = TimeSpan.Zero, UnackedBytes = bytes };
        TcpSample closed = ServerDone with { SinceFinSent = TimeSpan.FromMilliseconds(1), LastDataSent = TimeSpan.FromMilliseconds(1), Orphaned = true };
        ResetSent crossed = _line.Server.Sent(0, "TCP_ABORT_ON_DATA", closed, TcpFlags.Psh | TcpFlags.Ack) with { AnsweredBytes = bytes };
        ResetSent late = _line.Server.Refused(0, "TCP_TIMEWAIT_SOCKET", TcpFlags.Psh | TcpFlags.Ack, TcpState.TimeWait, TimeSpan.FromMilliseconds(1)) with { AnsweredBytes = bytes };
        IEnumerable<Event> client = _line.Client.IsReset(0.1, TcpState.CloseWait, wrote, OfNoSocket);

        Assert.Equal(["info normal-reset-close 1"], Verdicts([crossed, .. client]));
        Assert.Equal(["info normal-reset-close 1"], Verdicts([late, .. client]));
        Assert.Equal(["info normal-reset-close 1"], Verdicts(client));
        Assert.Equal(["info normal-reset-close 1"], Verdicts(crossed));
        Assert.Equal(["info normal-reset-close 1"], Verdicts(late));
        Assert.Equal(["critical early-close-while-peer-sends 1"], Verdicts([crossed with { AnsweredBytes = 811 }, .. _line.Client.IsReset(0.1, TcpState.CloseWait, wrote with { UnackedBytes = 811 }, OfNoSocket)]));
    }

    /// <summary>Node and nginx close for good while the client's close_notify, or its GOAWAY, lies unread.</summary>
    [Theory]
    [InlineData(24, "info normal-reset-close 1")]
    [InlineData(39, "info normal-reset-close 1")]
    [InlineData(811, "critical server-close-unread 1")]
    public void A_goodbye_of_TLS_that_the_server_did_not_read_was_no_request(int unread, string verdict)
    {
        TcpSample closed = ServerOwing with { LastDataSent = TimeSpan.FromMilliseconds(2), LastDataReceived = TimeSpan.FromMilliseconds(1), UnreadBytes = unread };

        Assert.Equal([verdict], Verdicts([.. _line.Server.Aborts(0, TcpState.FinWait1, "TCP_ABORT_ON_CLOSE", closed), .. _line.Client.IsReset(0.1, TcpState.CloseWait, ClientWaiting with { SinceFinReceived = TimeSpan.FromMilliseconds(1), LastDataReceived = TimeSpan.FromMilliseconds(2) }, OfProgram)]));
    }

    /// <summary>A pool that closes a connection of which it read the end, long after: what it writes is for nobody.</summary>
    [Fact]
    public void Who_has_read_the_end_and_says_goodbye_does_not_reuse_a_stale_connection()
    {
        TcpSample wrote = ClientServed with { SinceFinReceived = TimeSpan.FromSeconds(5), LastDataSent = TimeSpan.Zero, LastDataReceived = TimeSpan.FromSeconds(15), UnackedBytes = 31 };

        Assert.Equal(["info normal-reset-close 1"], Verdicts(_line.Client.IsReset(0.1, TcpState.CloseWait, wrote, OfNoSocket)));
        Assert.Equal(["critical stale-conn-reuse 1"], Verdicts(_line.Client.IsReset(0.1, TcpState.CloseWait, wrote with { UnreadBytes = 1 }, OfNoSocket)));
        Assert.Equal(["info normal-reset-close 1"], Verdicts(_line.Client.IsReset(0.1, TcpState.CloseWait, wrote with { UnreadBytes = 1, Said = FirstWords.Tls }, OfNoSocket)));
        Assert.Equal(["critical stale-conn-reuse 1"], Verdicts(_line.Client.IsReset(0.1, TcpState.CloseWait, wrote with { Said = FirstWords.HttpRequest }, OfNoSocket)));
    }

    /// <summary>The sshd of each session ends with status 255 once its client is gone.</summary>
    [Fact]
    public void A_process_that_ends_with_the_connection_that_its_client_closed_did_not_crash()
    {
        ProcessInfo session = new(22, "sshd") { Exiting = true, ExitStatus = 255 };
        StateChanged left = (_line.Server with { Process = session }).Closed(0, TcpState.CloseWait, ServerOwing with { SinceFinReceived = TimeSpan.FromMilliseconds(2), UnreadBytes = 1 }, byProcess: true) with { To = TcpState.LastAck };

        Assert.Empty(Verdicts(left));
        Assert.Equal(["critical process-crash 1"], Verdicts(left with { Process = session with { ExitStatus = 0, Signal = 11 } }));
        Assert.Equal(["critical process-crash 1"], Verdicts(left with { From = TcpState.Established, To = TcpState.FinWait1 }));
        Assert.Equal(["info process-crash 1"], Verdicts(left with { From = TcpState.Established, To = TcpState.FinWait1, Process = session with { Younger = true } }));
    }

    /// <summary>A daemon of rsync that lists its modules ends with status 255 behind the last line.</summary>
    [Fact]
    public void A_process_that_ends_with_a_status_once_it_has_answered_cut_nobody_off()
    {
        ProcessInfo session = new(22, "rsync") { Exiting = true, ExitStatus = 255 };
        StateChanged answered = (_line.Server with { Process = session }).Closed(0, TcpState.Established, ServerDone with { LastDataSent = TimeSpan.Zero, LastDataReceived = TimeSpan.FromMilliseconds(8), UnackedBytes = 18, MssBytes = 1448 }, byProcess: true) with { To = TcpState.FinWait1 };

        Assert.Equal(["info process-crash 1"], Verdicts(answered));
        Assert.Equal(["critical process-crash 1"], Verdicts(answered with { Process = session with { ExitStatus = 0, Signal = 11 } }));
    }

    /// <summary>Server-sent events: the stream is read for as long as somebody looks at the page.</summary>
    [Fact]
    public void Leaving_a_stream_of_answers_is_no_timeout()
    {
        IEnumerable<Event> Leaves(TcpSample sample) => Enumerable.Range(0, 5).SelectMany(n => new Line(41000 + n, socket: (ulong)n + 1).Server.IsReset(n * 100, TcpState.CloseWait, sample, OfNoSocket));
        TcpSample streaming = ServerDone with { LastDataReceived = TimeSpan.FromSeconds(2.3), SinceFinReceived = TimeSpan.FromSeconds(0.3), LastDataSent = TimeSpan.Zero, DataSegmentsOut = 5, BytesSent = 205, BytesAcked = 192, UnackedBytes = 13 };

        Assert.Equal(["info normal-reset-close 5"], Verdicts(Leaves(streaming)));
        Assert.Equal(["warning http-client-abort 5"], Verdicts(Leaves(streaming with { DataSegmentsOut = 1, BytesSent = 13, BytesAcked = 0 })));
    }

    /// <summary>Browsers and load balancers open connections in reserve; nginx closes them after its client_header_timeout.</summary>
    [Theory]
    [InlineData(2003)]
    [InlineData(1730, "critical nginx-worker-connections 1")]
    [InlineData(3, "critical nginx-worker-connections 1")]
    public void A_connection_in_reserve_that_nginx_closes_after_its_timeout_was_not_turned_away(double after, params string[] verdicts)
    {
        TcpSample silent = new() { Age = TimeSpan.FromMilliseconds(after + 1), SinceFinSent = TimeSpan.FromMilliseconds(1), SinceFinReceived = TimeSpan.Zero, BytesAcked = 1 };

        Assert.Equal(verdicts, Verdicts((_line.Server with { Process = new ProcessInfo(23, "nginx") }).Closed(0, TcpState.FinWait2, silent)));
    }
}
