using Tcpwhy.Probing;
using Xunit;

namespace Tcpwhy.Tests.Probing;

public sealed class StageTimesTests
{
    [Fact]
    public void No_times_have_no_distribution() => Assert.Null(StageTimes.Of([]));

    [Theory]
    [InlineData(new[] { 7 }, 7, 7, 7, 7)]
    [InlineData(new[] { 3, 1, 2, 5, 4 }, 1, 3, 5, 5)]
    [InlineData(new[] { 4, 2 }, 2, 3, 4, 4)]
    public void Min_median_p95_and_max_are_taken(int[] milliseconds, int min, int median, int p95, int max) =>
        Assert.Equal(new StageTimes(milliseconds.Length, Of(min), Of(median), Of(p95), Of(max)), StageTimes.Of(milliseconds.Select(Of)));

    [Fact]
    public void Of_a_hundred_p95_is_the_ninety_fifth() =>
        Assert.Equal(new StageTimes(100, Of(1), Of(101) / 2, Of(95), Of(100)), StageTimes.Of(Enumerable.Range(1, 100).Reverse().Select(Of)));

    private static TimeSpan Of(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
