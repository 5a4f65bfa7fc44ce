using Tcpwhy.Probing;
using Xunit;

namespace Tcpwhy.Tests.Probing;

public class IdleScheduleTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 600)]
    [InlineData(0, 7200)]
    [InlineData(0, 2_073_600)]
    [InlineData(500, 600)]
    [InlineData(0, 0.1)]
    public void The_spread_reaches_the_longest_in_steps_of_a_fifth(double above, double longest)
    {
        IReadOnlyList<TimeSpan> times = IdleSchedule.Spread(TimeSpan.FromSeconds(above), TimeSpan.FromSeconds(longest));
        Assert.Equal(Math.Max(longest, 1), times[^1].TotalSeconds);
        Assert.True(times[0].TotalSeconds >= Math.Max(1, above));
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.InRange(pair.Second / pair.First, 1.0, 1.33));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(24 * 24)]
    public void No_search_needs_more_than_64_connections_at_once(int hours) =>
        Assert.InRange(IdleSchedule.Spread(TimeSpan.Zero, TimeSpan.FromHours(hours)).Count + 6, 40, 64);

    [Fact]
    public void A_step_is_divided_evenly_up_to_its_end()
    {
        IReadOnlyList<TimeSpan> times = IdleSchedule.Between(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4), 4);
        Assert.Equal([3.25, 3.5, 3.75, 4], times.Select(time => time.TotalSeconds));
    }
}
