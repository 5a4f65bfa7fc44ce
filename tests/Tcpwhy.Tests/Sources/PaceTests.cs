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
    [InlineData(0.05, 80)]
    [InlineData(0.5, 9)]
    public void Work_costs_what_it_used_of_a_processor_however_long_it_took(double cost, int done)
    {
        TimeSpan used = TimeSpan.Zero;
        var pace = new Pace(_time, Second, share: 0.1, advanceSeconds: 0, clock: () => used);
        int times = 0;
        for (int i = 0; i < 80; i++)
        {
            _time.Advance(0.5 * Second);
            pace.Afford(() =>
            {
                times++;
                used += cost * Second;
                _time.Advance(0.5 * Second);
            });
        }

        Assert.Equal(done, times);
    }
}
