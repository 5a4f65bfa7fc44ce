using Tcpwhy.Tuning;
using Xunit;

namespace Tcpwhy.Tests.Tuning;

public class RateComparisonTests
{
    // With equal exposures the odds of the ends are Clopper's and Pearson's for k of n: tables have 0.1871 to 0.8129 for 5 of 10, 0 to 0.3085 for 0 of 10, 0.0253 to 0.5561 for 2 of 10.
    [Theory]
    [InlineData(5, 5, 0.1871, 0.8129)]
    [InlineData(10, 0, 0, 0.3085)]
    [InlineData(8, 2, 0.0252, 0.5561)]
    [InlineData(0, 10, 0.6915, 1)]
    public void The_interval_is_the_one_of_the_tables(int before, int after, double low, double high)
    {
        RateComparison rates = RateComparison.Of(before, 100, after, 100);

        Assert.Equal(low, rates.Low / (1 + rates.Low), 4);
        Assert.Equal(high, double.IsInfinity(rates.High) ? 1 : rates.High / (1 + rates.High), 4);
    }

    // R: poisson.test(c(11, 21), c(800, 3011)), from its manual: breast cancer in women with X-ray fluoroscopy.
    [Fact]
    public void The_ratio_is_that_of_the_rates_per_exposure()
    {
        RateComparison rates = RateComparison.Of(21, 3011, 11, 800);

        Assert.Equal(11 / 800.0 / (21 / 3011.0), rates.Ratio!.Value, 9);
        Assert.True(rates.Low < rates.Ratio && rates.Ratio < rates.High);
        Assert.Equal(RateVerdict.NotEnoughData, rates.Verdict);
    }

    // 0.5^5 = 3.1 % is more than the 2.5 % of a tail, 0.5^6 = 1.6 % is less.
    [Theory]
    [InlineData(5, 0, RateVerdict.NotEnoughData)]
    [InlineData(6, 0, RateVerdict.Better)]
    [InlineData(0, 5, RateVerdict.NotEnoughData)]
    [InlineData(0, 6, RateVerdict.Worse)]
    [InlineData(0, 0, RateVerdict.NotEnoughData)]
    [InlineData(100, 98, RateVerdict.NotEnoughData)]
    [InlineData(100, 50, RateVerdict.Better)]
    public void Six_failures_that_cease_prove_something_and_five_do_not(int before, int after, RateVerdict verdict) =>
        Assert.Equal(verdict, RateComparison.Of(before, 30, after, 30).Verdict);

    [Fact]
    public void More_traffic_after_is_taken_into_account() =>
        Assert.Equal(RateVerdict.Better, RateComparison.Of(40, 1_000, 80, 10_000).Verdict);

    [Fact]
    public void Without_a_window_there_is_nothing_to_tell() =>
        Assert.Equal((RateVerdict.NotEnoughData, null), (RateComparison.Of(10, 0, 0, 10).Verdict, RateComparison.Of(10, 0, 0, 10).Ratio));

    [Theory]
    [InlineData(-1, 1, 1, 1)]
    [InlineData(1, -1, 1, 1)]
    [InlineData(1, 1, -1, 1)]
    [InlineData(1, 1, 1, -1)]
    public void What_cannot_be_counted_is_refused(int before, double exposureBefore, int after, double exposureAfter) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RateComparison.Of(before, exposureBefore, after, exposureAfter));

    [Theory]
    [InlineData(0, 1000, 9, 1000, false)]
    [InlineData(0, 1000, 60, 1000, true)]
    [InlineData(50, 1000, 60, 1000, false)]
    [InlineData(0, 0, 60, 60, false)]
    public void The_guard_calls_a_rise_only_what_chance_cannot_explain(long before, long attemptsBefore, long after, long attemptsAfter, bool risen) =>
        Assert.Equal(risen, Guard.HasRisen(new FailureCount(before, attemptsBefore), new FailureCount(after, attemptsAfter)));
}
