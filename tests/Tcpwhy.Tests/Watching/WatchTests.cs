using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Sources;
using Tcpwhy.Tests.Scenarios;
using Tcpwhy.Watching;
using Xunit;
using Watch = Tcpwhy.Watching.Watch;

namespace Tcpwhy.Tests.Watching;

public class WatchTests
{
    [Fact]
    public void Ticks_together_tell_what_the_answer_tells()
    {
        IReadOnlyList<Event> events = Scenario.Read("server-close-unread");
        List<Finding> single = [];
        List<Tick> ticks = [];
        using var source = new Played(events);
        Answer answer = new Watch(source, Filter.Everything, Read, TimeProvider.System)
        {
            OnVerdict = single.Add,
            OnTick = tick =>
            {
                lock (ticks)
                    ticks.Add(tick);
            },
        }.Run(CancellationToken.None);

        Assert.NotEmpty(ticks);
        Assert.All(single, one => Assert.Single(one.Examples));
        Assert.Equal(answer.Findings.Sum(finding => finding.Count), single.Sum(finding => finding.Count));
        Assert.Equal(answer.Findings.Sum(finding => finding.Count), ticks.SelectMany(tick => tick.Findings).Sum(finding => finding.Count));
        Assert.Equal(answer.Failed, ticks.Sum(tick => tick.Reading.Traffic!.Failed));
        Assert.Equal(answer.Opened, ticks.Sum(tick => tick.Reading.Traffic!.Opened));
        Assert.Equal(answer.ClosedNormally, ticks.Sum(tick => tick.Reading.Traffic!.ClosedNormally));
        Assert.All(ticks.Zip(ticks.Skip(1)), pair => Assert.Equal(pair.First.End, pair.Second.Start));
    }

    [Fact]
    public void A_reading_is_taken_at_once_at_each_interval_and_at_the_end()
    {
        using var stop = new CancellationTokenSource();
        int ticks = 0;
        using var source = new Played([new Started { Time = DateTimeOffset.UnixEpoch, Source = "test" }]) { Endless = true };
        new Watch(source, Filter.Everything, Read, TimeProvider.System)
        {
            Interval = TimeSpan.FromMilliseconds(20),
            OnTick = _ =>
            {
                if (Interlocked.Increment(ref ticks) == 5)
                    stop.Cancel();
            },
        }.Run(stop.Token);

        // The fifth stops it; the last is the end's.
        Assert.Equal(6, ticks);
    }

    [Fact]
    public void A_reading_that_fails_ends_the_watch_and_is_told()
    {
        using var source = new Played([new Started { Time = DateTimeOffset.UnixEpoch, Source = "test" }]) { Endless = true };
        var watch = new Watch(source, Filter.Everything, () => throw new ToolException("no reading", 3), TimeProvider.System);

        Assert.Equal("no reading", Assert.Throws<ToolException>(() => watch.Run(CancellationToken.None)).Message);
    }

    private static Reading Read() => new() { Time = TimeProvider.System.GetUtcNow(), Source = "test", Connections = 0, States = [] };

    private sealed class Played(IReadOnlyList<Event> events) : ISource
    {
        public bool Endless { get; init; }

        public void Run(Action<Event> sink, CancellationToken stop)
        {
            foreach (Event next in events)
                sink(next);
            if (Endless)
                stop.WaitHandle.WaitOne();
        }

        public void Dispose()
        {
        }
    }
}
