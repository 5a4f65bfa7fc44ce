using Tcpwhy.Cli.Ui;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class RedactionTests
{
    [Theory]
    [InlineData("from 10.0.3.4 to 10.0.3.5", "from 192.0.2.1 to 192.0.2.2")]
    [InlineData("10.0.3.4:80, 10.0.3.4.", "192.0.2.1:80, 192.0.2.1.")]
    [InlineData("[fd00::8]:443 and fd00::8", "[2001:db8::1]:443 and 2001:db8::1")]
    [InlineData("127.0.0.1:80 0.0.0.0 ::1 [::]:80", "127.0.0.1:80 0.0.0.0 ::1 [::]:80")]
    [InlineData("tcp:tcp_send_reset at 03:12:01.200, std::string, 1,204 bytes, 6.18.44", "tcp:tcp_send_reset at 03:12:01.200, std::string, 1,204 bytes, 6.18.44")]
    public void Masks_each_address_the_same_way(string text, string masked) => Assert.Equal(masked, new Redaction().Of(text));

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    [InlineData("ndjson")]
    public void Leaves_no_real_address(string format)
    {
        string output = Run.Of("diagnose", "--redact", "--format", format).Out;

        Assert.DoesNotContain("10.0.", output);
        Assert.DoesNotContain("fd00", output);
        Assert.Contains("192.0.2.1:443", output);
    }

    [Fact]
    public void Thousands_of_addresses_have_masks_of_their_own()
    {
        Redaction redaction = new();
        HashSet<string> masks = [];
        for (int i = 0; i < 3000; i++)
            Assert.True(masks.Add(redaction.Of($"10.1.{i / 250}.{i % 250}")));
    }
}
