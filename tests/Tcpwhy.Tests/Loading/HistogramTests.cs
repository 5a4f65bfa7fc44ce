using Tcpwhy.Loading;
using Xunit;

namespace Tcpwhy.Tests.Loading;

public class HistogramTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2047)]
    [InlineData(2048)]
    [InlineData(123_457)]
    [InlineData(7_654_321)]
    [InlineData(99_999_999_999)]
    public void A_time_is_told_within_three_digits(long nanoseconds)
    {
        Histogram histogram = new();
        histogram.Record(nanoseconds);
        histogram.Record(nanoseconds * 1000);
        double median = histogram.Percentile(0.5).TotalNanoseconds;
        Assert.InRange(median, nanoseconds - 100, (nanoseconds * 1.001) + 100);
    }

    [Fact]
    public void Percentiles_are_those_of_the_sorted_times()
    {
        Random random = new(7);
        Histogram histogram = new();
        long[] times = new long[20_011];
        for (int i = 0; i < times.Length; i++)
            histogram.Record(times[i] = (long)Math.Exp((random.NextDouble() * 9) + 9));
        Array.Sort(times);
        foreach (double share in (double[])[0.001, 0.5, 0.9, 0.99, 0.999, 1])
        {
            double exact = times[(int)Math.Ceiling(share * times.Length) - 1];
            Assert.InRange(histogram.Percentile(share).TotalNanoseconds / exact, 0.995, 1.006);
        }
        Assert.Equal(times[^1] / 100, histogram.Max.Ticks, 1d);
        Assert.Equal(times.Average() / 100, histogram.Mean.Ticks, 1d);
    }

    [Fact]
    public void Joined_histograms_count_as_one()
    {
        Histogram odd = new(), even = new(), all = new(), joined = new();
        for (long time = 1; time <= 10_007; time++)
        {
            (time % 2 == 0 ? even : odd).Record(time * 1009);
            all.Record(time * 1009);
        }
        joined.Add(odd);
        joined.Add(even.ToParts());
        Assert.Equal(all.ToParts().Cells, joined.ToParts().Cells);
        Assert.Equal((all.Count, all.Max, all.Mean, all.Percentile(0.99)), (joined.Count, joined.Max, joined.Mean, joined.Percentile(0.99)));
    }

    [Fact]
    public void Times_above_a_limit_are_counted()
    {
        Histogram histogram = new();
        for (int milliseconds = 1; milliseconds <= 100; milliseconds++)
            histogram.Record(milliseconds * 1_000_000L);
        Assert.Equal(50, histogram.CountAbove(TimeSpan.FromMilliseconds(50)));
        Assert.Equal(0, histogram.CountAbove(TimeSpan.FromHours(200)));
    }

    [Fact]
    public void Extremes_do_not_break_it()
    {
        Histogram histogram = new();
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.5));
        histogram.Record(-1);
        histogram.Record(long.MaxValue);
        Assert.Equal(2, histogram.Count);
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.5));
        Assert.True(histogram.Percentile(1) > TimeSpan.FromHours(78));
    }

    [Fact]
    public void Foreign_cells_are_refused() =>
        Assert.Throws<InvalidDataException>(() => new Histogram().Add(new HistogramParts(0, 0, [1_000_000, 1])));
}
