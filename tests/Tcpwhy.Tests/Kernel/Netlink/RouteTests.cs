using System.Net;
using Tcpwhy.Kernel.Netlink;
using Xunit;

namespace Tcpwhy.Tests.Kernel.Netlink;

public class RouteTests
{
    [Fact]
    public void Question_bears_what_rules_may_look_at() => Assert.Equal(
        "3c0000001a0001000700000000000000" // nlmsghdr: 60 bytes, RTM_GETROUTE, NLM_F_REQUEST, sequence 7
        + "022000000000000000000000" // rtmsg: AF_INET, 32 bits
        + "08000100c0000201" + "0800040003000000" // RTA_DST, RTA_OIF
        + "05001b0006000000" + "06001d0001bb0000", // RTA_IP_PROTO, RTA_DPORT
        Convert.ToHexStringLower(RouteSocket.Request(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 443), 3, 7)));

    [Fact]
    public void Device_is_asked_for_only_where_the_sender_is_bound_to_one() => Assert.Equal(
        "400000001a0001000700000000000000" + "0a8000000000000000000000" + "1400010020010db8000000000000000000000001" + "05001b0006000000" + "06001d0000500000",
        Convert.ToHexStringLower(RouteSocket.Request(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 80), 0, 7)));

    [Fact]
    public void Own_host_can_be_reached_and_nobodys_network_not()
    {
        using var routes = new RouteSocket();
        Assert.Equal(0, routes.Refusal(new IPEndPoint(IPAddress.Loopback, 80), 0));
        // 240.0.0.0/4 is reserved: a default route takes it, an interface that does not exist takes nothing.
        Assert.NotEqual(0, routes.Refusal(new IPEndPoint(IPAddress.Parse("240.0.0.1"), 80), 999_999));
    }
}
