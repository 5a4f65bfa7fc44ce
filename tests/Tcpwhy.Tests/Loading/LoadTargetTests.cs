using Tcpwhy.Loading;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.Tests.Loading;

public class LoadTargetTests
{
    [Theory]
    [InlineData("localhost:80", "localhost", 80, null, false)]
    [InlineData(":8080", "localhost", 8080, null, false)]
    [InlineData("[::1]:443", "::1", 443, null, false)]
    [InlineData("http://a.example", "a.example", 80, "/", false)]
    [InlineData("https://a.example/x?y=1#z", "a.example", 443, "/x?y=1", true)]
    [InlineData("HTTP://[fe80::1]:81/", "fe80::1", 81, "/", false)]
    [InlineData("http://a.example:8080?q", "a.example", 8080, "/?q", false)]
    public void A_target_is_read(string text, string host, int port, string? path, bool tls)
    {
        LoadTarget target = LoadTarget.Parse(text);
        Assert.Equal((host, port, path, tls), (target.Host, target.Port, target.Path, target.Tls));
    }

    [Theory]
    [InlineData("", "is no host name")]
    [InlineData("localhost", "a port is missing: host:port")]
    [InlineData("localhost:", "a port is missing: host:port")]
    [InlineData("localhost:0", "a port is a number from 1 to 65535, not '0'")]
    [InlineData("localhost:70000", "a port is a number from 1 to 65535, not '70000'")]
    [InlineData("localhost:-1", "a port is a number from 1 to 65535, not '-1'")]
    [InlineData("::1:80", "an IPv6 address stands in brackets: [::1]:8080")]
    [InlineData("[::1", "an IPv6 address stands in brackets: [::1]:8080")]
    [InlineData("ftp://a", "the schemes are http and https")]
    [InlineData("http://", "is no host name")]
    [InlineData("http://a b/", "is no host name")]
    [InlineData("http://a/x y", "write it as %20")]
    [InlineData("http://a/\r\nX: y", "write it as %20")]
    [InlineData("http://u:p@a/", "a user name in a URL is not supported")]
    [InlineData("\u001b[31m:80", "is no host name")]
    public void What_is_no_target_is_one_line_and_2(string text, string why)
    {
        ToolException complaint = Assert.Throws<ToolException>(() => LoadTarget.Parse(text));
        Assert.Equal(ExitCode.Usage, complaint.ExitCode);
        Assert.EndsWith(why, complaint.Message);
    }

    [Theory]
    [InlineData("http://a/", "a")]
    [InlineData("http://a:8080/", "a:8080")]
    [InlineData("https://a:80/", "a:80")]
    [InlineData("https://[::1]/", "[::1]")]
    public void The_host_field_leaves_out_the_usual_port(string text, string field) => Assert.Equal(field, LoadTarget.Parse(text).HostField);

    [Fact]
    public void A_name_that_does_not_resolve_is_5()
    {
        ToolException complaint = Assert.Throws<ToolException>(() => LoadTarget.Parse("nobody.invalid:80").Resolve());
        Assert.Equal(ExitCode.Unreachable, complaint.ExitCode);
        Assert.StartsWith("nobody.invalid does not resolve: ", complaint.Message);
    }
}
