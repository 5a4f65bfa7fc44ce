using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>Subflows of MPTCP that are reset, for a reason, or because nobody needs them any more.</summary>
public class SubflowTests
{
    private static readonly TcpSample Joining = new() { Age = TimeSpan.FromMilliseconds(1), BytesAcked = 1, Multipath = true, Subflow = true, MultipathOpen = true };
    private static readonly TcpSample Leftover = Joining with { MultipathOpen = false };
    private static readonly TcpSample First = ClientWaiting with { Multipath = true, MultipathOpen = true };
    private readonly Line _line = new();

    [Theory]
    [InlineData("MPTCP_RST_EMPTCP")]
    [InlineData("MPTCP_RST_EMIDDLEBOX")]
    [InlineData("MPTCP_RST_ERESOURCE")]
    public void The_end_that_found_fault_with_a_subflow_says_why(string reason)
    {
        Assert.Equal(["warning mptcp-subflow-reset 1"], Verdicts(_line.Client.Aborts(0, TcpState.Established, reason, Joining)));
        Assert.Equal(["warning mptcp-subflow-reset 1"], Verdicts([.. _line.Server.Aborts(0, TcpState.Established, reason, Joining), .. _line.Client.IsReset(0.1, TcpState.Established, Joining, OfProgram)]));
    }

    [Fact]
    public void A_join_that_is_refused_is_no_refused_connection()
    {
        ResetSent unknown = _line.Server.Refused(0, "MPTCP_RST_EMPTCP", TcpFlags.Syn, TcpState.Listen), prohibited = _line.Server.Refused(0, "MPTCP_RST_EPROHIBIT", TcpFlags.Ack, TcpState.Listen);
        Event[] client = [.. _line.Client.IsReset(0.1, TcpState.SynSent, Joining with { UnackedBytes = 1, BytesAcked = 0 }, OfNoSocket)];

        Assert.Equal(["warning mptcp-subflow-reset 1"], Verdicts([unknown, .. client]));
        Assert.Equal(["warning mptcp-subflow-reset 1"], Verdicts([prohibited, .. _line.Client.IsReset(0.1, TcpState.Established, Joining, OfProgram), _line.Client.Sent(0.2, "MPTCP_RST_EUNSPEC", Joining)]));
        Assert.Equal(["warning mptcp-subflow-reset 1"], Verdicts(unknown));
        // From the client alone a reason is not known, and it is no sure thing.
        Finding alone = Assert.Single(Answer(client).Findings);
        Assert.Equal("mptcp-subflow-reset", alone.Cause);
        Assert.InRange(alone.Confidence, 0.3, 0.75);
    }

    [Fact]
    public void The_first_subflow_takes_its_connection_with_it() =>
        Assert.Equal(["critical mptcp-subflow-reset 1"], Verdicts(_line.Client.Aborts(0, TcpState.Established, "MPTCP_RST_EMIDDLEBOX", First)));

    [Fact]
    public void What_is_left_of_a_closed_connection_is_swept_away()
    {
        Assert.Equal(["info normal-reset-close 1"], Verdicts(_line.Client.Aborts(0, TcpState.Established, "MPTCP_RST_EUNSPEC", Leftover)));
        Assert.Equal(["info normal-reset-close 1"], Verdicts([_line.Server.Refused(0, "MPTCP_RST_EMPTCP", TcpFlags.Ack, TcpState.Listen), .. _line.Client.IsReset(0.1, TcpState.Established, Leftover, OfNoSocket)]));
    }

    [Fact]
    public void A_subflow_ends_for_the_reasons_of_TCP_too()
    {
        TcpSample waiting = ClientWaiting with { Multipath = true, Subflow = true, MultipathOpen = true };

        Assert.Equal(["critical linger-zero-abort 1"], Verdicts([.. _line.Server.Aborts(0, TcpState.Established, "TCP_STATE", ServerOwing with { LingerZero = true }), .. _line.Client.IsReset(0.1, TcpState.Established, waiting, OfProgram)]));
        Assert.Equal(["critical middlebox-rst 1"], Verdicts([_line.Dropped(0, "NETFILTER_DROP", TcpFlags.Psh | TcpFlags.Ack), .. _line.Client.IsReset(0.1, TcpState.Established, waiting, OfNoSocket)]));
    }
}
