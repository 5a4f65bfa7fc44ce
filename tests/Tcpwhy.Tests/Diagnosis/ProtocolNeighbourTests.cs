using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>Ends that do not speak the same language, and others that close soon.</summary>
public class ProtocolNeighbourTests
{
    private readonly Line _line = new();

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

    [Theory]
    [InlineData(1, "warning protocol-mismatch 1")]
    [InlineData(10, null)]
    public void A_stream_that_was_taken_for_a_while_was_not_closed_at_its_first_words(int segments, string? expected)
    {
        TcpSample silent = new() { Age = TimeSpan.FromSeconds(2), LastDataReceived = TimeSpan.FromMilliseconds(2), BytesReceived = 40, DataSegmentsIn = segments, SinceFinSent = TimeSpan.FromMilliseconds(1), RttMicroseconds = 300 };

        Assert.Equal(expected is null ? [] : [expected], Verdicts(_line.Server.Closed(0, TcpState.FinWait2, silent)));
    }
}
