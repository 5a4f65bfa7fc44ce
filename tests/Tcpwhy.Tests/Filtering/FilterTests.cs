using System.Net;
using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.Tests.Filtering;

public class FilterTests
{
    /// <summary>Names that do not hang on the host that runs the tests.</summary>
    internal static readonly FilterNames Names = new()
    {
        Services = () => new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["http"] = 80, ["https"] = 443, ["postgresql"] = 5432 },
        Namespaces = () => new Dictionary<string, uint> { ["blue"] = 4026532281, ["green"] = 4026532282 },
        Addresses = name => name == "two.example" ? [IPAddress.Parse("10.0.9.8"), IPAddress.Parse("2001:db8::1%3")] : [],
    };

    internal static Filter Parse(params string[] arguments) => Filter.Parse(arguments, Names);

    /// <summary>The socket of a client: 10.0.3.4:41022 to 10.0.9.8:443, established, java 4312 in container 3f2a9c0d11ee of namespace blue.</summary>
    private static bool Chooses(string filter, TcpState state = TcpState.Established, string local = "10.0.3.4", string remote = "10.0.9.8") =>
        Parse(filter).Matches(new FilterSubject
        {
            State = state,
            Local = FilterSubject.BitsOf(IPAddress.Parse(local)),
            LocalPort = 41022,
            Remote = FilterSubject.BitsOf(IPAddress.Parse(remote)),
            RemotePort = 443,
            Pid = 4312,
            Comm = "java"u8,
            Netns = 4026532281,
            Container = "3f2a9c0d11ee",
        });

    [Theory]
    [InlineData("", true)]
    [InlineData("state established ( dport = :443 or dst 10.0.0.0/8 )", true)]
    [InlineData("state established '( dport = :443 or dst 10.0.0.0/8 )'", null)]
    [InlineData("state syn-sent state established", true)]
    [InlineData("state connected exclude established", false)]
    [InlineData("exclude established state established", true)]
    [InlineData("STATE Established", true)]
    [InlineData("state fin_wait1", false)]
    [InlineData("dport 443", true)]
    [InlineData("dport :443", true)]
    [InlineData("dport=443", true)]
    [InlineData("dport = https", true)]
    [InlineData("dport eq :HTTPS", true)]
    [InlineData("dport == 80", false)]
    [InlineData("dport != 80", true)]
    [InlineData("dport ne :443", false)]
    [InlineData("sport gt :1024 and sport lt 65535", true)]
    [InlineData("sport>=41022&&sport<=41022", true)]
    [InlineData("sport > 41022 | sport < 41022", false)]
    [InlineData("sport > 65535 or sport < 0", false)]
    [InlineData("dst 10.0.9.8", true)]
    [InlineData("dst = 10.0.9.8", true)]
    [InlineData("dst != 10.0.9.8", false)]
    [InlineData("dst 10.0.9.8:443", true)]
    [InlineData("dst 10.0.9.8:80", false)]
    [InlineData("dst 10.1.2.3/8:https", true)]
    [InlineData("dst :443", true)]
    [InlineData("dst *:443 src *", true)]
    [InlineData("dst *:*", true)]
    [InlineData("dst 0.0.0.0/0", true)]
    [InlineData("dst ::/0", false)]
    [InlineData("dst ::ffff:10.0.9.8", true)]
    [InlineData("dst [::ffff:10.0.0.0/104]:443", true)]
    [InlineData("dst two.example", true)]
    [InlineData("dst two.example:80", false)]
    [InlineData("src 10.0.3.0/24 not dst 10.0.3.0/24", true)]
    [InlineData("! dport 443", false)]
    [InlineData("!dport 443 or !(dport 443)", false)]
    [InlineData("not not dport 443", true)]
    [InlineData("dport 80 or dport 81 and dport 443 or pid 4312", true)]
    [InlineData("dport 443 or dport 80 and dport 81", true)]
    [InlineData("( dport 443 or dport 80 ) and dport 81", false)]
    [InlineData("pid 4312", true)]
    [InlineData("pid != 4312", false)]
    [InlineData("comm java", true)]
    [InlineData("comm jav", false)]
    [InlineData("comm 'j?v*'", true)]
    [InlineData("comm \"*a\" comm *", true)]
    [InlineData("comm \"\"", false)]
    [InlineData("netns 4026532281", true)]
    [InlineData("netns blue", true)]
    [InlineData("netns green", false)]
    [InlineData("container 3f2a", true)]
    [InlineData("container 3f2a9c0d11ee0123456789", true)]
    [InlineData("container *11ee", true)]
    [InlineData("container f2a", false)]
    [InlineData("container ''", false)]
    public void Chooses_as_ss_would(string filter, bool? expected)
    {
        if (expected is { } chosen)
            Assert.Equal(chosen, Chooses(filter));
        else
            Assert.Throws<ToolException>(() => Chooses(filter));
    }

    [Theory]
    [InlineData("dst 2001:db8::/32", true)]
    [InlineData("dst 2001:db8::/32:443", true)]
    [InlineData("dst [2001:db8::1]:443", true)]
    [InlineData("dst [2001:db8::]/32:80", false)]
    [InlineData("dst ::/0", true)]
    [InlineData("dst 0.0.0.0/0", false)]
    [InlineData("dst 2001:db8::1", true)]
    [InlineData("dst two.example", true)]
    public void Chooses_by_IPv6_address(string filter, bool expected) => Assert.Equal(expected, Chooses(filter, local: "::1", remote: "2001:db8::1"));

    [Theory]
    [InlineData("all", "0 1 2 3 4 5 6 7 8 9 10 11 12")]
    [InlineData("connected", "0 1 2 3 4 5 6 8 9 11 12")]
    [InlineData("synchronized", "0 1 3 4 5 6 8 9 11 12")]
    [InlineData("bucket", "3 6 12")]
    [InlineData("big", "0 1 2 4 5 7 8 9 10 11")]
    [InlineData("syn-recv", "3 12")]
    [InlineData("close", "7")]
    [InlineData("listen", "10")]
    public void Groups_hold_the_states_of_ss(string name, string states) =>
        Assert.Equal(states, string.Join(' ', Enum.GetValues<TcpState>().Where(state => Chooses($"state {name}", state)).Select(state => (int)state)));

    [Fact]
    public void Filter_may_come_as_one_argument_or_as_several()
    {
        string one = Parse("state established ( dport = :443 or dst 10.0.0.0/8 )").ToString();
        Assert.Equal(one, Parse("state", "established", "( dport = :443 or dst 10.0.0.0/8 )").ToString());
        Assert.Equal(one, Parse("state", "established", "(", "dport", "=", ":443", "or", "dst", "10.0.0.0/8", ")").ToString());
        Assert.Equal("( state established and ( dport = :443 or dst 10.0.0.0/8 ) )", one);
    }

    [Fact]
    public void Long_names_are_compared_as_far_as_the_kernel_keeps_them() =>
        Assert.True(Parse("comm kubernetes-controller").Matches(new FilterSubject { Comm = "kubernetes-cont"u8 }));

    [Fact]
    public void Names_of_this_host_are_read()
    {
        Dictionary<string, int> services = FilterNames.ReadServices(["# x", "https\t443/tcp   web # c", "ntp 123/udp", "bad x/tcp", "odd", "web 444/tcp"]);
        Assert.Equal([("https", 443), ("web", 443)], services.Select(pair => (pair.Key, pair.Value)).Order());
        Dictionary<string, uint> namespaces = FilterNames.ReadNamespaces(
        [
            "36 25 0:4 net:[4026532281] /run/netns/blue rw shared:9 - nsfs nsfs rw",
            "37 25 0:4 mnt:[4026532282] /run/x rw - nsfs nsfs rw",
            "38 25 0:4 / /proc rw - proc proc rw",
        ]);
        Assert.Equal([("blue", 4026532281)], namespaces.Select(pair => (pair.Key, pair.Value)));
    }

    [Fact]
    public void Matching_allocates_nothing()
    {
        Filter filter = Parse("state established not ( dport = :80 or dst 192.168.0.0/16 ) comm 'ja*' netns blue container 3f pid 4312");
        var remote = FilterSubject.BitsOf([10, 0, 9, 8]);
        Assert.True(MatchesMany(10));
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(MatchesMany(10_000));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500);

        bool MatchesMany(int times)
        {
            bool all = true;
            for (int i = 0; i < times; i++)
                all &= filter.Matches(new FilterSubject { State = TcpState.Established, Remote = remote, RemotePort = 443, Pid = 4312, Comm = "java"u8, Netns = 4026532281, Container = "3f2a9c0d11ee" });
            return all;
        }
    }
}
