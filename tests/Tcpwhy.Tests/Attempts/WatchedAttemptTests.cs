using System.Net;
using Tcpwhy.Attempts;
using Tcpwhy.Kernel;
using Tcpwhy.Model;
using Tcpwhy.Tests.Diagnosis;
using Xunit;
using static Tcpwhy.Tests.Attempts.Failed;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Attempts;

/// <summary>Each attempt gets the verdict of its own connection, and what the kernel did not tell is judged by what the attempt met.</summary>
public class WatchedAttemptTests
{
    private const int ECONNRESET = 104, ECONNREFUSED = 111;

    private static string[] Words(AttemptVerdicts verdicts) => [.. verdicts.ByCause.Select(entry => $"{entry.Cause} {entry.Count}")];

    private static FailedAttempt Reset(Line line, double at) => Of(line, at) with { Errno = ECONNRESET };

    private static FailedAttempt Of(Line line, double at) =>
        new() { Time = Line.At(at), Stage = AttemptStage.Response, Local = line.Client.Local, Remote = line.Client.Remote, Sample = Asking };

    private static IEnumerable<Event> Unread(Line line, double at) =>
        [.. line.Server.Aborts(at, TcpState.Established, "TCP_ABORT_ON_CLOSE", ServerOwing with { UnreadBytes = 811 }), .. line.Client.IsReset(at + 0.1, TcpState.Established, ClientWaiting, OfProgram)];

    private static IEnumerable<Event> Lingering(Line line, double at) =>
        [.. line.Server.Aborts(at, TcpState.Established, "TCP_STATE", ServerOwing with { LingerZero = true }), .. line.Client.IsReset(at + 0.1, TcpState.Established, ClientWaiting, OfProgram)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_attempt_gets_the_verdict_of_its_own_connection(bool kernelFirst)
    {
        var kernel = new ToldKernel();
        using AttemptJudge judge = AttemptJudge.Start([Service], () => kernel);
        Line[] unread = [.. Enumerable.Range(0, 7).Select(n => new Line(41_000 + n, socket: (ulong)n + 1))];
        Line[] linger = [.. Enumerable.Range(0, 5).Select(n => new Line(42_000 + n, socket: (ulong)n + 100))];
        Event[] seen = [.. unread.SelectMany((line, n) => Unread(line, n)), .. linger.SelectMany((line, n) => Lingering(line, n)), Counted(1_000)];
        FailedAttempt[] failed = [.. unread.Select((line, n) => Reset(line, n + 0.3)), .. linger.Select((line, n) => Reset(line, n + 0.3))];
        if (kernelFirst)
            kernel.Tell(seen);
        Array.ForEach(failed, judge.Observe);
        if (!kernelFirst)
            kernel.Tell(seen);
        AttemptVerdicts verdicts = judge.Finish();

        Assert.Equal(["server-close-unread 7", "linger-zero-abort 5"], Words(verdicts));
        Assert.All(failed.Take(7), one => Assert.Equal("server-close-unread", verdicts.CauseOf(one)));
        Assert.Equal(["server-close-unread 7", "linger-zero-abort 5"], verdicts.Findings.Select(finding => $"{finding.Cause} {finding.Count}"));
    }

    [Fact]
    public void What_the_kernel_did_not_tell_is_judged_by_what_was_met()
    {
        var kernel = new ToldKernel();
        using AttemptJudge judge = AttemptJudge.Start([Service], () => kernel);
        Line seen = new(41_000, socket: 1), unseen = new(41_001, socket: 2);
        judge.Observe(Reset(seen, 1));
        judge.Observe(Reset(unseen, 1));
        kernel.Tell([.. Unread(seen, 0), Counted(250), Counted(500), Counted(1_000)]);
        Assert.Equal(["server-close-unread 1", "unknown-reset 1"], Words(judge.Finish()));
    }

    [Fact]
    public void Connections_of_others_to_the_same_service_are_not_counted()
    {
        var kernel = new ToldKernel();
        using AttemptJudge judge = AttemptJudge.Start([Service], () => kernel);
        kernel.Tell([.. Unread(new Line(43_000, socket: 9), 0), Counted(1_000)]);
        Assert.Empty(judge.Finish().ByCause);
    }

    [Fact]
    public void An_earlier_life_of_the_same_ports_is_not_taken_for_this_one()
    {
        var kernel = new ToldKernel();
        using AttemptJudge judge = AttemptJudge.Start([Service], () => kernel);
        var line = new Line();
        kernel.Tell([.. Unread(line, 0), Counted(5_000)]);
        judge.Observe(Reset(line, 5_000));
        Assert.Equal(["unknown-reset 1"], Words(judge.Finish()));
    }

    [Fact]
    public void What_ended_an_idle_connection_long_ago_is_found_when_it_is_used()
    {
        var kernel = new ToldKernel();
        using AttemptJudge judge = AttemptJudge.Start([Service], () => kernel);
        var line = new Line();
        kernel.Tell([.. Lingering(line, 1_000), Counted(5_000)]);
        judge.Observe(Reset(line, 5_000) with { SinceTraffic = TimeSpan.FromSeconds(4.9) });
        Assert.Equal(["linger-zero-abort 1"], Words(judge.Finish()));
    }

    [Theory]
    [InlineData("10.0.1.2", 41_000)]
    [InlineData("0.0.0.0", 41_000)]
    [InlineData("0.0.0.0", 0)]
    public void A_connect_of_which_no_more_is_known_gets_the_verdict_of_a_refusal_at_its_time(string address, int port)
    {
        var kernel = new ToldKernel();
        using AttemptJudge judge = AttemptJudge.Start([Service], () => kernel);
        for (int n = 0; n < 3; n++)
            judge.Observe(At(AttemptStage.Connect, ECONNREFUSED) with { Local = new Endpoint(IPAddress.Parse(address), port == 0 ? 0 : port + n) });
        // As in life: the kernel's verdict takes 200 ms to settle, and finds the attempts waiting.
        Assert.True(SpinWait.SpinUntil(() => judge.Waiting == 3, TimeSpan.FromSeconds(10)));
        for (int n = 0; n < 3; n++)
        {
            var line = new Line(41_000 + n, socket: (ulong)n + 1);
            kernel.Tell([line.Server.Refused(n, "NO_SOCKET", TcpFlags.Syn), .. line.Client.IsReset(n + 0.1, TcpState.SynSent, Calling, OfNoSocket)]);
        }
        kernel.Tell(Counted(1_000));
        Finding finding = Assert.Single(judge.Finish().Findings);
        Assert.Equal(("conn-refused-no-listener", 3), (finding.Cause, finding.Count));
        Assert.True(finding.Confidence > 0.9);
    }

    [Fact]
    public void How_we_end_what_we_gave_up_is_not_its_cause()
    {
        var kernel = new ToldKernel();
        using AttemptJudge judge = AttemptJudge.Start([Service], () => kernel);
        var line = new Line();
        judge.Observe(Of(line, 0) with { TimedOut = true, BytesSent = 100 });
        // We abort; the server has an answer under way and is reset.
        kernel.Tell([.. line.Client.Aborts(1, TcpState.Established, "TCP_STATE", ClientWaiting with { LingerZero = true }), .. line.Server.IsReset(1.1, TcpState.Established, ServerOwing, OfProgram), Counted(1_000)]);
        Assert.Equal(["unknown-timeout 1"], Words(judge.Finish()));
    }

    [Fact]
    public void A_kernel_that_refuses_to_be_watched_is_no_obstacle()
    {
        using AttemptJudge judge = AttemptJudge.Start([Service], () => throw new FeatureMissingException("BTF", "Linux 5.4"));
        judge.Observe(At(AttemptStage.Connect, ECONNREFUSED));
        Assert.False(judge.WatchesKernel);
        Assert.Contains("BTF", judge.Obstacle, StringComparison.Ordinal);
        Assert.Equal(["conn-refused-no-listener 1"], Words(judge.Finish()));
    }

    [Fact]
    public void A_storm_of_failures_is_counted_in_full_and_kept_within_bounds()
    {
        const int Storm = 40_000;
        var kernel = new ToldKernel();
        using AttemptJudge judge = AttemptJudge.Start([Service], () => kernel);
        for (int n = 0; n < Storm; n++)
        {
            var line = new Line(1024 + n, socket: (ulong)n + 1);
            judge.Observe(Reset(line, n * 0.1));
            if (n % 2 == 0)
                kernel.Tell(Unread(line, n * 0.1));
        }
        kernel.Tell(Counted(10_000), Counted(10_250));
        AttemptVerdicts verdicts = judge.Finish();
        Assert.Equal(Storm, verdicts.ByCause.Sum(entry => entry.Count));
        // Never more than the kernel has told of.
        Assert.InRange(verdicts.ByCause.FirstOrDefault(entry => entry.Cause == "server-close-unread")?.Count ?? 0, 1, Storm / 2);
    }

    /// <summary>The kernel sums up its counts: all that happened before has been told.</summary>
    private static TrafficCounted Counted(double at) => new() { Time = Line.At(at) };
}
