using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.Tests.Sources;

/// <summary>Periodic work on a host that at times lets nobody run.</summary>
public class PaceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private readonly ManualTime _time = new(SampleEvents.Start);

    [Fact]
    public void Work_is_due_once_an_interval_however_late_it_is_asked_for()
    {
        var pace = new Pace(_time, 2 * Second);
        List<bool> due = [];
        foreach (double seconds in (double[])[1, 1.5, 0.5, 3.5, 1])
        {
            _time.Advance(Second * seconds);
            due.Add(pace.IsDue());
        }

        // At 1, 2.5, 3, 6.5 and 7.5 s.
        Assert.Equal([false, true, false, true, false], due);
    }

    [Theory]
    [InlineData(false, 9)]
    [InlineData(true, 80)]
    public void Work_costs_the_time_that_passes_or_what_its_thread_used(bool byThread, int done)
    {
        TimeSpan used = TimeSpan.Zero;
        var pace = new Pace(_time, Second, share: 0.1, advanceSeconds: 0, clock: byThread ? () => used : null);
        int times = 0;
        for (int i = 0; i < 80; i++)
        {
            _time.Advance(0.5 * Second);
            pace.Afford(() =>
            {
                times++;
                used += 0.05 * Second;
                _time.Advance(0.5 * Second);
            });
        }

        Assert.Equal(done, times);
    }
}
