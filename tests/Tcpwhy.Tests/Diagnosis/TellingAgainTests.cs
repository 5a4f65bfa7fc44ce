using Tcpwhy.Diagnosis;
using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;
using static Tcpwhy.Tests.Diagnosis.Telling;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>A finding is handed over when it is new, again as it grows, and at last as it stands; never once per connection.</summary>
public class TellingAgainTests
{
    [Fact]
    public void A_thousand_deaths_in_ten_seconds_are_a_dozen_lines()
    {
        List<Finding> told = Told(Deaths(1000, apart: 10));

        Assert.Equal(1, told[0].Count);
        Assert.Equal(1000, told[^1].Count);
        Assert.InRange(told.Count, 10, 13);
        Assert.All(told.Zip(told.Skip(1)), pair => Assert.True(pair.First.Count < pair.Second.Count));
    }

    [Fact]
    public void What_does_not_change_is_told_once()
    {
        IEnumerable<Event> quiet = Enumerable.Range(1, 100).Select(n => (Event)new TrafficCounted { Time = Line.At(n * 250) });

        Assert.Equal([1], Told([.. Deaths(1, apart: 0), .. quiet]).Select(finding => finding.Count));
    }

    [Fact]
    public void What_grew_is_told_within_a_second_though_nothing_more_breaks()
    {
        var diagnoser = new Diagnoser(Filter.Everything);
        List<int> told = [];
        foreach (Event next in Deaths(5, apart: 100).Concat(Enumerable.Range(1, 20).Select(n => (Event)new TrafficCounted { Time = Line.At(1000 + n * 250) })))
            told.AddRange(diagnoser.Observe(next).Select(finding => finding.Count));

        Assert.Equal([1, 5], told);
        Assert.Empty(diagnoser.Finish());
    }

    [Fact]
    public void Each_finding_keeps_its_own_time()
    {
        IEnumerable<Event> other = Deaths(1, apart: 0, port: 9090, from: 500);

        Assert.Equal([(8080, 1), (9090, 1), (8080, 10)], Told([.. Deaths(10, apart: 100).Concat(other).OrderBy(next => next.Time)]).Select(finding => (finding.Local.Port, finding.Count)));
    }

    private static List<Finding> Told(IReadOnlyList<Event> events)
    {
        List<Finding> told = [];
        Answer answer = Pipeline.Run(new Given([Line.Begin, .. events]), Filter.Everything, null, told.Add, CancellationToken.None);
        foreach (Finding last in answer.Findings)
            Assert.Equal(last.Count, told.Last(finding => finding.Cause == last.Cause && finding.Local == last.Local).Count);
        return told;
    }

    private static List<Event> Deaths(int count, double apart, int port = 8080, double from = 0)
    {
        List<Event> deaths = [];
        for (int n = 0; n < count; n++)
            deaths.AddRange(new Line(10_000 + n, port, socket: (ulong)(port + n)).Server.Aborts(from + n * apart, TcpState.Established, "TCP_ABORT_ON_CLOSE", ServerOwing with { UnreadBytes = 811 }));
        return deaths;
    }

    private sealed class Given(IReadOnlyList<Event> events) : ISource
    {
        public void Run(Action<Event> sink, CancellationToken stop)
        {
            foreach (Event next in events)
                sink(next);
        }

        public void Dispose()
        {
        }
    }
}
