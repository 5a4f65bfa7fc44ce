using Tcpwhy.Filtering;
using Tcpwhy.History;
using Tcpwhy.Model;
using Tcpwhy.Tests.Scenarios;
using Xunit;

namespace Tcpwhy.Tests.History;

public class HistoryTests
{
    public static TheoryData<string> Recordings => [.. Scenario.All];

    [Theory, MemberData(nameof(Recordings))]
    public void History_gives_the_answer_of_the_live_window(string scenario)
    {
        using var scratch = new Scratch();
        Answer live = scratch.Watch(Scenario.Read(scenario));

        using HistoryReader history = scratch.Read();
        // What was judged at the end is kept with the last reading, a second later.
        Answer kept = history.Window(live.Start, live.End.AddSeconds(1), Filter.Everything).Answer;

        Assert.Equal(Whole(live), Whole(kept));
        Assert.Equal((live.Opened, live.ClosedNormally, live.Failed, live.Lost), (kept.Opened, kept.ClosedNormally, kept.Failed, kept.Lost));
        Assert.Equal((live.Source, live.Kernel), (kept.Source, kept.Kernel));
        Assert.Equal(live.Unavailable, kept.Unavailable);
    }

    [Fact]
    public void A_filter_finds_single_connections_again()
    {
        using var scratch = new Scratch();
        using (HistoryWriter writer = scratch.Open())
        {
            Finding[] failures = [Told.Failure(Told.Noon.AddSeconds(1)), Told.Failure(Told.Noon.AddSeconds(2), "10.0.7.7:4000"), Told.Failure(Told.Noon.AddSeconds(3), server: "10.0.9.9:8080")];
            Array.ForEach(failures, writer.Keep);
            writer.Keep(Told.Tick(Told.Noon.AddSeconds(5), failures));
        }
        using HistoryReader history = scratch.Read();
        int Count(params string[] filter) => history.Window(Told.Noon, Told.Noon.AddMinutes(1), Filter.Parse(filter)).Answer.Findings.Sum(finding => finding.Count);

        Assert.Equal(3, Count());
        Assert.Equal(2, Count("dport = :443"));
        Assert.Equal(1, Count("src 10.0.7.7"));
        Assert.Equal(3, Count("comm java"));
        Assert.Equal(3, Count("pid 901"));
        Assert.Equal(0, Count("dport = :81"));
    }

    [Fact]
    public void Hours_and_minutes_tell_the_same_as_single_readings()
    {
        using var scratch = new Scratch();
        DateTimeOffset start = Told.Noon.AddMinutes(-30), end = Told.Noon.AddHours(5).AddMinutes(10);
        int broken = 0;
        using (HistoryWriter writer = scratch.Open())
        {
            for (DateTimeOffset time = start; time < end; time = time.AddMinutes(1))
            {
                Finding one = Told.Numbered(broken++, time.AddSeconds(2));
                writer.Keep(one);
                writer.Keep(Told.Tick(time.AddSeconds(5), one));
                if (broken % 100 == 0)
                    writer.Flush();
            }
        }
        using HistoryReader history = scratch.Read();
        Answer all = history.Window(start, end, Filter.Everything).Answer;

        Assert.Equal(broken, Assert.Single(all.Findings).Count);
        Assert.Equal((broken * 10L, broken * 9L, (long)broken), (all.Opened, all.ClosedNormally, all.Failed));
        Assert.Equal(10, all.Findings[0].Examples.Count);
        Assert.Equal(5, history.Points(Told.Noon, Told.Noon.AddHours(5), Resolution.Hour).Count);
        Assert.Equal(300, history.Points(Told.Noon, Told.Noon.AddHours(5), Resolution.Hour).Sum(point => point.Readings));
        Assert.Equal(broken, history.Points(start, end, Resolution.Minute).Count);
        Assert.Equal(broken, history.Points(start, end, Resolution.Reading).Count);
        HistoryWindow part = history.Window(Told.Noon.AddMinutes(-7), Told.Noon.AddHours(4).AddMinutes(3), Filter.Everything);
        Assert.Equal(250, part.Answer.Findings[0].Count);
        Assert.Equal(TimeSpan.FromSeconds(250 * 5), part.Watched);
    }

    [Fact]
    public void A_run_that_goes_on_after_another_adds_to_its_minute_and_the_gap_is_told()
    {
        using var scratch = new Scratch();
        foreach (int second in (int[])[5, 50, 180])
        {
            using HistoryWriter writer = scratch.Open();
            Finding one = Told.Failure(Told.Noon.AddSeconds(second - 1));
            writer.Begin(new Started { Time = Told.Noon.AddSeconds(second - 5), Source = "ebpf", Unavailable = [new Unavailable($"cause-{second}", "something")] });
            writer.Keep(one);
            writer.Keep(Told.Tick(Told.Noon.AddSeconds(second), one));
        }
        using HistoryReader history = scratch.Read();
        HistoryWindow window = history.Window(Told.Noon, Told.Noon.AddMinutes(5), Filter.Everything);

        Assert.Equal(3, Assert.Single(window.Answer.Findings).Count);
        Assert.Equal(3, window.Answer.Unavailable.Count);
        Assert.Equal(TimeSpan.FromSeconds(15), window.Watched);
        Gap gap = Assert.Single(window.Gaps);
        Assert.Equal((Told.Noon.AddSeconds(50), Told.Noon.AddSeconds(175)), (gap.Start, gap.End));
        Assert.True(history.WatchedAt(Told.Noon.AddSeconds(3)));
        Assert.False(history.WatchedAt(Told.Noon.AddSeconds(100)));
    }

    [Fact]
    public void What_nobody_watched_is_said_with_the_reach_of_the_file()
    {
        using var scratch = new Scratch();
        using (HistoryWriter writer = scratch.Open())
            writer.Keep(Told.Tick(Told.Noon.AddSeconds(5)));
        using HistoryReader history = scratch.Read();

        ToolException nothing = Assert.Throws<ToolException>(() => history.Window(Told.Noon.AddHours(-3), Told.Noon.AddHours(-2), Filter.Everything));
        Assert.Equal(ExitCode.Storage, nothing.ExitCode);
        Assert.EndsWith("knows nothing of 2026-11-20 09:00 to 10:00 UTC: it reaches from 2026-11-20 12:00 to 2026-11-20 12:00 UTC", nothing.Message);
    }

    [Fact]
    public void Of_normal_life_only_some_connections_are_kept_one_by_one_and_all_are_counted()
    {
        using var scratch = new Scratch();
        using (HistoryWriter writer = scratch.Open())
        {
            Finding normal = Told.Failure(Told.Noon.AddSeconds(1), cause: "normal-reset-close", severity: Severity.Info);
            for (int i = 0; i < 1_000; i++)
                writer.Keep(normal);
            writer.Keep(Told.Tick(Told.Noon.AddSeconds(5), normal with { Count = 1_000 }));
        }
        using HistoryReader history = scratch.Read();
        int single = 0;
        history.EachFailure(Told.Noon, Told.Noon.AddMinutes(1), _ => single++);

        Assert.Equal(200, single);
        Assert.Equal(1_000, Assert.Single(history.Window(Told.Noon, Told.Noon.AddMinutes(1), Filter.Everything).Answer.Findings).Count);
    }

    [Fact]
    public void What_comes_too_fast_is_counted_and_nobody_waits()
    {
        const int Burst = 60_000;
        using var scratch = new Scratch();
        Finding one = Told.Failure(Told.Noon.AddSeconds(1));
        long began = TimeProvider.System.GetTimestamp();
        using (HistoryWriter writer = scratch.Open())
        {
            for (int i = 0; i < Burst; i++)
                writer.Keep(one);
            Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0, 5);
            writer.Keep(Told.Tick(Told.Noon.AddSeconds(5), one with { Count = Burst }));
        }
        using HistoryReader history = scratch.Read();
        int single = 0;
        history.EachFailure(Told.Noon, Told.Noon.AddMinutes(1), _ => single++);
        HistoryWindow window = history.Window(Told.Noon, Told.Noon.AddMinutes(1), Filter.Everything);

        Assert.InRange(single, 20_000, Burst);
        Assert.Equal(Burst, single + window.Unkept);
        Assert.Equal(Burst, window.Answer.Findings[0].Count);
    }

    [Fact]
    public void Readers_see_what_is_stored_while_it_is_written()
    {
        using var scratch = new Scratch();
        using HistoryWriter writer = scratch.Open();
        for (int i = 1; i <= 3; i++)
        {
            writer.Keep(Told.Tick(Told.Noon.AddSeconds(5 * i)));
            writer.Flush();
            using HistoryReader history = scratch.Read();
            Assert.Equal(i, history.Points(Told.Noon, Told.Noon.AddMinutes(1), Resolution.Reading).Count);
        }
    }

    private static string Whole(Answer answer) => FindingLines.Of(answer) + string.Join('\n', answer.Findings.SelectMany(finding => finding.Facts.OrderBy(fact => fact.Key, StringComparer.Ordinal).Select(fact => $"{fact.Key}={fact.Value}")
        .Concat(finding.Remedy.Select(remedy => remedy.ToString()))
        .Concat(finding.Examples.Select(example => $"{example.Local} {example.Remote} {example.Time:O} {string.Join(", ", example.Timeline)}"))
        .Append($"{finding.First:O} {finding.Last:O} {finding.Netns} {finding.Process} {finding.PeerProcess} {finding.SettlesIt}")));
}
