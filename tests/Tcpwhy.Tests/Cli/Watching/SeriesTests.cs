using Tcpwhy.Cli.Ui.Watching;
using Xunit;

namespace Tcpwhy.Tests.Cli.Watching;

public class SeriesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Buckets_have_what_fell_into_them()
    {
        Series series = new();
        series.Add(Noon, 3);
        series.Add(Noon.AddSeconds(-1), 2);
        series.Add(Noon.AddSeconds(-59), 7);
        series.Add(Noon.AddSeconds(-60), 100);

        Assert.Equal([7, 0, 5], series.Buckets(Noon, TimeSpan.FromMinutes(1), 3));
        Assert.Equal(112, series.Sum(Noon, TimeSpan.FromMinutes(5)));
        Assert.Equal(112, series.Total);
    }

    [Fact]
    public void Time_that_passed_without_anything_is_empty()
    {
        Series series = new();
        series.Add(Noon, 5);
        Assert.Equal(0, series.Sum(Noon.AddMinutes(10), TimeSpan.FromMinutes(1)));
        series.Add(Noon.AddHours(3), 1);
        Assert.Equal([0, 1], series.Buckets(Noon.AddHours(3), TimeSpan.FromHours(1), 2));
        // Minutes remember a day.
        Assert.Equal(6, series.Sum(Noon.AddHours(3), TimeSpan.FromHours(6)));
        Assert.Equal(1, series.Sum(Noon.AddHours(26), TimeSpan.FromHours(24)));
    }

    [Fact]
    public void What_is_late_counts_in_its_own_time()
    {
        Series series = new();
        series.Add(Noon, 1);
        series.Add(Noon.AddSeconds(-30), 2);
        series.Add(Noon.AddDays(-2), 4);

        Assert.Equal([2, 1], series.Buckets(Noon, TimeSpan.FromMinutes(1), 2));
        Assert.Equal(7, series.Total);
    }

    [Fact]
    public void Of_levels_the_greatest_counts()
    {
        Series series = new(levels: true);
        series.Add(Noon, 3);
        series.Add(Noon.AddSeconds(-1), 5);

        Assert.Equal([0, 5], series.Buckets(Noon, TimeSpan.FromMinutes(1), 2));
    }

    [Theory]
    [InlineData("·▁█", "0 1 8")]
    [InlineData("▁█▄", "1 1000 500")]
    [InlineData("···", "0 0 0")]
    public void Bars_show_what_is_little_and_fill_for_the_most(string bars, string numbers) =>
        Assert.Equal(bars, Sparkline.Of([.. numbers.Split(' ').Select(long.Parse)]));

    [Theory]
    [InlineData("░░░░░░░░░░", 0)]
    [InlineData("█░░░░░░░░░", 0.001)]
    [InlineData("█████████░", 0.999)]
    [InlineData("██████████", 1.002)]
    public void Only_all_is_a_full_bar(string bar, double share) => Assert.Equal(bar, Bars.Of(share, 10));
}
