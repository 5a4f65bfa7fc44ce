using Tcpwhy.Patterns;
using Xunit;

namespace Tcpwhy.Tests.Patterns;

public class FailurePatternsTests
{
    private const int Points = 240;

    [Fact]
    public void The_load_from_which_on_failures_begin_is_found()
    {
        Synthetic chance = new(1);
        double[] load = [.. chance.Noise(Points, 0.6).Select(value => Math.Round(380 + (30 * value)))];
        double[] counts = [.. load.Select(value => value >= 412 ? 1.0 + chance.Count(2) : 0)];
        Failures failures = Of(counts) with { PeerLoads = new Dictionary<string, Series> { ["10.0.9.8"] = Synthetic.Of(load, "connections to 10.0.9.8") } };

        StartsAbove found = Assert.IsType<StartsAbove>(Assert.Single(FailurePatterns.Of(failures, 0.02)));

        Assert.Equal(load.Where(value => value >= 412).Min(), found.Threshold);
        Assert.True(found.Starts);
        Assert.Equal(0, found.Below);
        Assert.InRange(found.Above, 2, 4);
        Assert.True(found.P < 1e-6);
    }

    [Fact]
    public void Failures_in_proportion_to_the_load_follow_it_and_have_no_threshold()
    {
        Synthetic chance = new(2);
        double[] load = [.. chance.Noise(Points, 0.6).Select(value => 100 + (30 * value))];
        Failures failures = Of([.. load.Select(value => (double)chance.Count(Math.Max(value, 0) / 20))]) with { Loads = [Synthetic.Of(load)] };

        Assert.InRange(Assert.IsType<FollowsLoad>(Assert.Single(FailurePatterns.Of(failures, 0.02))).Correlation, 0.4, 0.9);
    }

    [Fact]
    public void Failures_behind_restarts_are_laid_at_their_door()
    {
        Synthetic chance = new(3);
        int[] restarts = [40, 130, 200];
        double[] counts = [.. Enumerable.Range(0, Points).Select(i => (double)chance.Count(restarts.Any(at => i >= at && i < at + 4) ? 6 : 0.1))];
        Failures failures = Of(counts) with
        {
            Restarts = [.. restarts.Select(at => new Restart(Synthetic.Start + (at * Synthetic.Step), "java")), new Restart(Synthetic.Start + (90 * Synthetic.Step), "cron")],
        };

        FollowsRestart found = Assert.IsType<FollowsRestart>(Assert.Single(FailurePatterns.Of(failures, 0.02)));

        Assert.Equal(("java", 3), (found.Comm, found.Restarts));
        Assert.True(found.Near > 0.7 * found.Total);
    }

    [Fact]
    public void A_peer_with_more_than_its_share_is_named()
    {
        Synthetic chance = new(4);
        Failures failures = Of(chance.Counts(Points, 0.4), i => i % 5 == 0 ? "10.0.0.1" : "10.0.3.4") with
        {
            Connections = new Dictionary<string, long> { ["10.0.0.1"] = 900, ["10.0.3.4"] = 100 },
        };

        FollowsPeer found = Assert.IsType<FollowsPeer>(Assert.Single(FailurePatterns.Of(failures, 0.02)));

        Assert.Equal(("10.0.3.4", 0.1), (found.Peer, found.Share));
    }

    [Fact]
    public void The_busy_hours_of_the_day_are_found()
    {
        Synthetic chance = new(5);
        List<Failure> each = [];
        for (int hour = 0; hour < 24 * 7; hour++)
        {
            for (int k = chance.Count(hour % 24 is >= 9 and < 12 ? 6 : 1); k > 0; k--)
                each.Add(new Failure(Synthetic.Start.AddHours(hour).AddMinutes(chance.Below(60)), "10.0.0.1"));
        }
        Failures failures = Of([]) with { End = Synthetic.Start.AddDays(7), Each = each };

        FollowsClock found = Assert.IsType<FollowsClock>(Assert.Single(FailurePatterns.Of(failures, 0.02)));

        Assert.Equal((9, 12, 7), (found.FromHour, found.ToHour, found.Days));
    }

    [Fact]
    public void Few_failures_and_missing_companions_tell_nothing()
    {
        Assert.Empty(FailurePatterns.Of(Of([1, 1, 1]), 0.02));
        Assert.Empty(FailurePatterns.Of(Of(new Synthetic(1).Counts(Points, 1)), 0.02));
        Assert.Empty(FailurePatterns.Of(Of(new Synthetic(1).Counts(Points, 1)) with { Loads = [Synthetic.Of([])], Restarts = [new Restart(Synthetic.Start.AddDays(-1), "java")] }, 0.02));
    }

    private static Failures Of(double[] counts, Func<int, string>? peer = null) => new()
    {
        Name = "failures",
        Start = Synthetic.Start,
        End = Synthetic.Start + (Points * Synthetic.Step),
        Each = Synthetic.Failures(counts, peer ?? (_ => "10.0.9.8")),
    };
}
