using System.Net;
using Tcpwhy.Diagnosis;
using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Tests.Scenarios;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>Streams as hosts make them: much at once, out of step, with gaps, and for long.</summary>
public class StreamTests
{
    public static TheoryData<string> Recordings => [.. Scenario.All];

    [Fact]
    public void Two_faults_at_once_keep_their_own_connections()
    {
        List<Event> both = [];
        for (int n = 0; n < 7; n++)
            both.AddRange(Unread(new Line(41_000 + n, socket: (ulong)n + 1), n * 0.05));
        for (int n = 0; n < 5; n++)
        {
            var line = new Line(42_000 + n, 9090, socket: (ulong)n + 100);
            both.AddRange([.. line.Client.IsReset(n * 0.07, TcpState.SynSent, Calling, OfNoSocket), line.Server.Refused(n * 0.07, "NO_SOCKET", TcpFlags.Syn)]);
        }

        Assert.Equal(["critical server-close-unread 7", "critical conn-refused-no-listener 5"], Verdicts(both));
    }

    [Fact]
    public void A_finding_that_begins_before_events_were_lost_says_so()
    {
        Event lost = new Lost { Time = Line.At(0.02), Count = 3, Where = "ring buffer" };

        Assert.True(Assert.Single(Answer([.. Unread(new Line(), 0), lost]).Findings).AcrossGap);
        Assert.False(Assert.Single(Answer(Unread(new Line(), 0)).Findings).AcrossGap);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(5000)]
    public void The_same_ports_again_are_another_connection(double later)
    {
        var first = new Line(socket: 1);
        var second = new Line(socket: 2);

        Assert.Equal(["critical linger-zero-abort 1", "critical server-close-unread 1"], Verdicts(
            [.. Unread(first, 0), .. second.Server.Aborts(later, TcpState.Established, "TCP_STATE", ServerOwing with { LingerZero = true }), .. second.Client.IsReset(later + 0.1, TcpState.Established, ClientWaiting, OfProgram)]).Order());
    }

    [Theory, MemberData(nameof(Recordings))]
    public void Which_end_tells_first_makes_no_difference(string scenario)
    {
        IReadOnlyList<Event> events = Scenario.Read(scenario);
        string[] expected = Words(Scenario.Judge(events));
        for (int seed = 0; seed < 10; seed++)
            Assert.Equal(expected, Words(Scenario.Judge(OutOfStep(events, new Random(seed)))));
    }

    [Fact]
    public void Healthy_traffic_alone_gives_no_finding()
    {
        Answer answer = Answer(Enumerable.Range(0, 100_000).Select(n => (Event)new TrafficCounted { Time = Line.At(n * 10), Opened = 3, Accepted = 3, ClosedNormally = 6 }));

        Assert.Empty(answer.Findings);
        Assert.Equal((600_000, 600_000, 0), (answer.Opened, answer.ClosedNormally, answer.Failed));
    }

    [Fact]
    public void A_host_in_flames_does_not_fill_the_memory()
    {
        const int cases = 200_000;
        var diagnoser = new Diagnoser(Filter.Everything);
        diagnoser.Observe(Line.Begin);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int n = 0; n < cases; n++)
        {
            var line = new Line(1024 + n % 60_000, client: new IPAddress([10, 9, (byte)(n >> 8), (byte)n]).ToString(), socket: (ulong)n + 1);
            foreach (Event next in Unread(line, n * 0.02))
                diagnoser.Observe(next);
        }
        long grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Answer answer = diagnoser.Conclude();

        Assert.Equal(cases, answer.Findings.Sum(finding => finding.Count));
        Assert.True(grown < 128 << 20, $"{grown >> 20} MiB");
    }

    [Fact]
    public void A_connection_that_repeats_itself_for_days_does_not_fill_the_memory()
    {
        var line = new Line();
        var end = new ConnectionEnd(line.Client.Again(0, TcpState.Established, 3));
        for (int n = 0; n < 10_000; n++)
            end.Add(line.Client.Again(n * 1000, TcpState.Established, 3));

        Assert.True(end.Events.Count <= 100);
        Assert.Equal(Line.At(9_999_000), end.Events[^1].Time);
    }

    private static IEnumerable<Event> Unread(Line line, double at) =>
        [.. line.Server.Aborts(at, TcpState.Established, "TCP_ABORT_ON_CLOSE", ServerOwing with { UnreadBytes = 811 }), .. line.Client.IsReset(at + 0.1, TcpState.Established, ClientWaiting, OfProgram)];

    /// <summary>Each namespace's events late by up to a millisecond of their own, as CPUs and their share of the ring are.</summary>
    private static IEnumerable<Event> OutOfStep(IReadOnlyList<Event> events, Random random)
    {
        Dictionary<uint, TimeSpan> late = [];
        foreach (uint netns in events.Select(next => next.Netns).Distinct())
            late[netns] = TimeSpan.FromMicroseconds(random.Next(1000));
        return events.Select(next => next is Started or Ended ? next : next with { Time = next.Time + late[next.Netns] })
            .OrderBy(next => next is Started ? 0 : next is Ended ? 2 : 1).ThenBy(next => next.Time);
    }
}
