using System.Net;
using Tcpwhy.Cli.Ui.Json;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class Utf8AddressTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("255.255.255.255")]
    [InlineData("10.0.103.4")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("1::")]
    [InlineData("2001:db8::1:0:0:1")]
    [InlineData("2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1::1")]
    [InlineData("fe80::5054:ff:fe12:3456")]
    [InlineData("1:2:3:4:5:6:7:8")]
    [InlineData("0:2:3:4:5:6:7:0")]
    public void Is_written_as_RFC_5952_wants(string address)
    {
        string text = Utf8Address.Text(IPAddress.Parse(address).GetAddressBytes(), 65535);
        Assert.Equal(address.Contains(':') ? $"[{address}]:65535" : $"{address}:65535", text);
    }

    [Fact]
    public void IPv4_on_an_IPv6_socket_is_IPv4() => Assert.Equal("10.0.3.4:80", Utf8Address.Text(IPAddress.Parse("::ffff:10.0.3.4").GetAddressBytes(), 80));

    [Fact]
    public void Reads_back_to_the_same_address()
    {
        var random = new Random(19);
        byte[] bytes = new byte[16];
        for (int i = 0; i < 5_003; i++)
        {
            random.NextBytes(bytes);
            // Zeros where the bits of another number are.
            int zeros = random.Next();
            for (int group = 0; group < 8; group++)
            {
                if ((zeros >> group & 1) != 0)
                    bytes[group * 2] = bytes[(group * 2) + 1] = 0;
            }
            var address = new IPAddress(bytes);
            Assert.Equal(new IPEndPoint(address, i), IPEndPoint.Parse(Utf8Address.Text(bytes, i)));
        }
    }
}
