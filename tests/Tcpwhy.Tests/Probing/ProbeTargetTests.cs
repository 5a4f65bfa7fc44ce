using Tcpwhy.Model;
using Tcpwhy.Probing;
using Xunit;

namespace Tcpwhy.Tests.Probing;

public sealed class ProbeTargetTests
{
    [Theory]
    [InlineData("db.example:5432", "db.example", 5432, "db.example:5432")]
    [InlineData(":443", "localhost", 443, "localhost:443")]
    [InlineData("db", "db", 8080, "db:8080")]
    [InlineData("10.0.0.9:80", "10.0.0.9", 80, "10.0.0.9:80")]
    [InlineData("[::1]:80", "::1", 80, "[::1]:80")]
    [InlineData("[fd00::2]", "fd00::2", 8080, "[fd00::2]:8080")]
    [InlineData("::1", "::1", 8080, "[::1]:8080")]
    [InlineData("서버.example:1", "서버.example", 1, "서버.example:1")]
    public void Host_and_port_are_read(string text, string host, int port, string written)
    {
        ProbeTarget target = ProbeTarget.Parse(text);
        Assert.Equal((host, port, written), (target.Host, target.Port, target.ToString()));
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("db:", "a port is a number from 1 to 65535")]
    [InlineData("db:0", "a port is a number from 1 to 65535")]
    [InlineData("db:70000", "a port is a number from 1 to 65535")]
    [InlineData("db:-1", "a port is a number from 1 to 65535")]
    [InlineData("db:http", "a port is a number from 1 to 65535")]
    [InlineData("1:2:3", "an IPv6 address stands in brackets, as [::1]:443")]
    [InlineData("[10.0.0.1]:80", "an IPv6 address stands in brackets, as [::1]:443")]
    [InlineData("[::1", "an IPv6 address stands in brackets, as [::1]:443")]
    [InlineData("256.1.1.1:80", "an IPv4 address has four numbers from 0 to 255")]
    [InlineData("10.1:80", "10.1 would mean 10.0.0.1: write that")]
    [InlineData("010.0.0.1:80", "010.0.0.1 would mean 8.0.0.1: write that")]
    [InlineData("a b:80", "a name has letters, digits, dots and hyphens")]
    [InlineData("a..b:80", "each part of a name has 1 to 63 characters")]
    [InlineData("ftp://a:21", "a target is HOST:PORT")]
    [InlineData("https://shop.example/health?a=1", "a target is HOST:PORT; for this URL say shop.example:443 --tls --http /health?a=1")]
    public void What_is_wrong_is_one_sentence(string text, string why)
    {
        ToolException wrong = Assert.Throws<ToolException>(() => ProbeTarget.Parse(text));
        Assert.Equal(($"'{text}': {why}", ExitCode.Usage), (wrong.Message, wrong.ExitCode));
    }
}
