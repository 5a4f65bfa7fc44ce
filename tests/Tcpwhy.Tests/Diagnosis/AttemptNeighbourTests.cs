using Tcpwhy.Model;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>Attempts to connect that fail in ways that look alike.</summary>
public class AttemptNeighbourTests
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

    [Fact]
    public void Who_gives_up_his_own_SYN_at_once_had_no_trouble() =>
        Assert.Empty(Verdicts([_line.Client.Closed(200, TcpState.SynSent, Calling with { Age = TimeSpan.FromMilliseconds(200) }, byProcess: true)]));

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

    /// <summary>A router on this host says no while connect is still at work: what the client does then is all that its socket tells.</summary>
    [Theory]
    [InlineData(1, "critical conn-rejected-icmp 1")]
    [InlineData(300, "critical conn-rejected-icmp 1")]
    public void A_SYN_that_was_answered_with_an_ICMP_error_was_rejected(int waited, string verdict) =>
        Assert.Equal([verdict], Verdicts([_line.Rejected(0.1), _line.Client.Closed(waited, TcpState.SynSent, Calling with { Age = TimeSpan.FromMilliseconds(waited) }, byProcess: true)]));

    /// <summary>Errors are rationed, so that of many attempts some get none; a port that nobody rejected is not meant by them.</summary>
    [Theory]
    [InlineData(8080, 3000, "critical conn-rejected-icmp 2")]
    [InlineData(8080, 30_000, "critical syn-dropped-firewall 1")]
    [InlineData(8081, 3000, "critical syn-dropped-firewall 1")]
    public void An_attempt_without_an_error_is_told_with_those_that_got_one(int port, int later, string verdict)
    {
        var again = new Line(41023, port, socket: 2);
        TcpSample inVain = Calling with { Age = TimeSpan.FromSeconds(2.5), RetransmitsTotal = 2 };

        string[] verdicts = Verdicts([
            _line.Rejected(0.1), _line.Client.Closed(1, TcpState.SynSent, Calling with { Age = TimeSpan.FromMilliseconds(1) }, byProcess: true),
            again.Client.Again(later + 1000, TcpState.SynSent, 1, Calling), again.Client.Closed(later + 2500, TcpState.SynSent, inVain, byProcess: true)]);

        Assert.Contains(verdict, verdicts);
    }

    [Fact]
    public void A_router_that_says_so_after_its_search_for_a_neighbour_rejected_nothing()
    {
        TcpSample waited = Calling with { Age = TimeSpan.FromSeconds(3.1), RetransmitsTotal = 2 };

        Assert.Equal(["critical host-unreachable-neigh 1"], Verdicts([_line.Rejected(3100, code: 1), _line.Dropped(3100.01, "NEIGH_FAILED", TcpFlags.Syn), _line.Client.Closed(3100.1, TcpState.SynSent, waited), _line.Client.Told(3100.2, 113, waited)]));
    }

    [Fact]
    public void A_router_without_a_route_rejected_it() =>
        Assert.Equal(["critical conn-rejected-icmp 1"], Verdicts([_line.Dropped(0.1, "IP_INNOROUTES", TcpFlags.Syn), _line.Client.Closed(1, TcpState.SynSent, Calling with { Age = TimeSpan.FromMilliseconds(1) }, byProcess: true)]));

    /// <summary>curl ends with status 28 when nobody answers, and who sends it a signal has lost patience: neither is what broke the attempt.</summary>
    [Theory]
    [InlineData(200, 0, null)]
    [InlineData(1000, 0, "warning unknown-timeout 1")]
    [InlineData(2000, 1, "warning unknown-timeout 1")]
    [InlineData(5000, 4, "critical syn-dropped-firewall 1")]
    public void A_program_that_ends_because_nobody_answered_its_SYN_did_not_crash(int waited, int repeated, string? expected)
    {
        LineEnd curl = _line.Client with { Process = new ProcessInfo(11, "curl") { Exiting = true, ExitStatus = 28 } };
        TcpSample calling = Calling with { Age = TimeSpan.FromMilliseconds(waited), RetransmitsTotal = repeated };

        Assert.Equal(expected is null ? [] : [expected], Verdicts([curl.Closed(waited, TcpState.SynSent, calling, byProcess: true), new ProcessExited { Time = Line.At(waited + 1), Process = curl.Process }]));
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
}
