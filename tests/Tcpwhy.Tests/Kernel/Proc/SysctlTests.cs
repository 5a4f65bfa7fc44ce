using Tcpwhy.Kernel.Proc;
using Xunit;

namespace Tcpwhy.Tests.Kernel.Proc;

public class SysctlTests
{
    private static readonly Sysctl sysctl = new(KernelFixture.Proc);

    [Theory]
    [InlineData("net.ipv4.tcp_rmem", "net/ipv4/tcp_rmem")]
    [InlineData("net.ipv4.conf.eth0/100.rp_filter", "net/ipv4/conf/eth0.100/rp_filter")]
    public void Name_and_path_are_inverse(string name, string path)
    {
        Assert.Equal(path, Sysctl.Path(name));
        Assert.Equal(name, Sysctl.Name(path));
    }

    [Fact]
    public void Path_is_taken_as_it_is() => Assert.Equal("net/ipv4/conf/eth0.100/rp_filter", Sysctl.Path("net/ipv4/conf/eth0.100/rp_filter"));

    [Fact]
    public void Values_are_read()
    {
        Assert.Equal("cubic", sysctl.Text("net.ipv4.tcp_congestion_control"));
        Assert.Equal(4096, sysctl.Number("net.ipv4.tcp_max_syn_backlog"));
        Assert.Equal([4096, 131072, 6291456], sysctl.Numbers("net.ipv4.tcp_rmem")!);
        Assert.Equal(2, sysctl.Number("net.ipv4.conf.eth0/100.rp_filter"));
        Assert.Null(sysctl.Number("net.ipv4.tcp_no_such"));
    }

    [Fact]
    public void Text_is_no_number() =>
        Assert.Equal("net.ipv4.tcp_congestion_control: 'cubic' is no number", Assert.Throws<InvalidDataException>(() => sysctl.Number("net.ipv4.tcp_congestion_control")).Message);
}
