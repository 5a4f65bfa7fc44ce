using Tcpwhy.Cli.Commands;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class DurationTests
{
    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("5m", 300_000)]
    [InlineData("2h", 7_200_000)]
    public void Is_a_number_with_its_unit(string text, int milliseconds)
    {
        Assert.True(Duration.TryParse(text, out TimeSpan duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("0s")]
    [InlineData("0.1ms")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("5sec")]
    [InlineData("1e3s")]
    [InlineData("99999h")]
    [InlineData("NaNs")]
    public void Is_nothing_else(string text) => Assert.False(Duration.TryParse(text, out _));
}
