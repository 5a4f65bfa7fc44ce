using Tcpwhy.Alerting;
using Xunit;

namespace Tcpwhy.Tests.Alerting;

public class ThresholdTests
{
    [Theory]
    [InlineData("1000", SignalUnit.Count, 1000, 0)]
    [InlineData("0", SignalUnit.Count, 0, 0)]
    [InlineData("100/s", SignalUnit.PerSecond, 100, 0)]
    [InlineData("100", SignalUnit.PerSecond, 100, 0)]
    [InlineData("6000/min", SignalUnit.PerSecond, 100, 0)]
    [InlineData("0.05", SignalUnit.Share, 0.05, 0)]
    [InlineData("5%", SignalUnit.Share, 0.05, 0)]
    [InlineData("5 %", SignalUnit.Share, 0.05, 0)]
    [InlineData("5/min", SignalUnit.Failures, 5, 60)]
    [InlineData("5", SignalUnit.Failures, 5, 60)]
    [InlineData("2/s", SignalUnit.Failures, 120, 60)]
    [InlineData("20/5m", SignalUnit.Failures, 20, 300)]
    [InlineData("20 / 30s", SignalUnit.Failures, 20, 30)]
    [InlineData("20/h", SignalUnit.Failures, 20, 3600)]
    public void Is_read_in_the_unit_of_its_signal(string text, SignalUnit unit, double value, double window)
    {
        Assert.True(Threshold.TryParse(text, unit, out Threshold threshold));
        Assert.Equal((value, window), (threshold.Value, threshold.Window.TotalSeconds));
    }

    [Theory]
    [InlineData("", SignalUnit.Count)]
    [InlineData("many", SignalUnit.Count)]
    [InlineData("-1", SignalUnit.Count)]
    [InlineData("1e400", SignalUnit.Count)]
    [InlineData("NaN", SignalUnit.Count)]
    [InlineData("Infinity", SignalUnit.Count)]
    [InlineData("1000/s", SignalUnit.Count)]
    [InlineData("5%", SignalUnit.Count)]
    [InlineData("100/fortnight", SignalUnit.PerSecond)]
    [InlineData("100/0s", SignalUnit.PerSecond)]
    [InlineData("5", SignalUnit.Share)]
    [InlineData("101%", SignalUnit.Share)]
    [InlineData("5/2h", SignalUnit.Failures)]
    [InlineData("5/5s", SignalUnit.Failures)]
    [InlineData("5/", SignalUnit.Failures)]
    [InlineData("/min", SignalUnit.Failures)]
    public void What_is_none_is_refused(string text, SignalUnit unit) => Assert.False(Threshold.TryParse(text, unit, out _));
}
