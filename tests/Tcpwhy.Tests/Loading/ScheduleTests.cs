using Tcpwhy.Loading;
using Xunit;

namespace Tcpwhy.Tests.Loading;

public class ScheduleTests
{
    [Fact]
    public void Attempts_are_spaced_evenly()
    {
        Schedule schedule = new(Rate: 500, TimeSpan.Zero, Share: 1, Turn: 0);
        Assert.Equal([0, 2_000_000, 4_000_000], Enumerable.Range(0, 3).Select(n => schedule.TimeOf(n)));
        Assert.Equal(2_000_000_000, schedule.TimeOf(1000));
    }

    [Fact]
    public void Loops_take_turns()
    {
        long[] both = [.. Enumerable.Range(0, 7).SelectMany(n => (long[])[new Schedule(70, TimeSpan.Zero, 2, 0).TimeOf(n), new Schedule(70, TimeSpan.Zero, 2, 1).TimeOf(n)])];
        Assert.Equal(both, Enumerable.Range(0, 14).Select(n => new Schedule(70, TimeSpan.Zero, 1, 0).TimeOf(n)));
    }

    [Fact]
    public void The_rate_grows_over_the_ramp()
    {
        Schedule schedule = new(Rate: 100, TimeSpan.FromSeconds(10), Share: 1, Turn: 0);
        int[] begunInSecond = new int[13];
        for (long n = 0; schedule.TimeOf(n) < 13_000_000_000; n++)
            begunInSecond[schedule.TimeOf(n) / 1_000_000_000]++;
        for (int second = 0; second < 10; second++)
            Assert.InRange(begunInSecond[second], (10 * second) + 4, (10 * second) + 6);
        Assert.Equal([100, 100, 100], begunInSecond[10..]);
    }
}
