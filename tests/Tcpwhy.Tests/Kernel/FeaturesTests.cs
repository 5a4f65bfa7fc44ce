using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Btf;
using Tcpwhy.Kernel.Proc;
using Xunit;

namespace Tcpwhy.Tests.Kernel;

public class FeaturesTests
{
    [Fact]
    public void Cgroup_root_is_found_beside_v1() => Assert.Equal("/sys/fs/cgroup/unified", new Features(KernelFixture.Proc).CgroupRoot);

    [Fact]
    public void Mounts_are_unescaped() => Assert.Contains(new Mount("/data", "/mnt/with space", "ext4"), Mount.List(KernelFixture.Proc));

    [Fact]
    public void Absent_btf_is_no_error_until_it_is_needed()
    {
        var features = new Features(KernelFixture.Proc, "/no/such/btf");
        Assert.Null(features.Btf);
        Assert.False(features.HasTracepoint("tcp_send_reset"));
        Assert.Equal("BTF is not supported by this kernel (needs Linux 5.4 with CONFIG_DEBUG_INFO_BTF)", Assert.Throws<FeatureMissingException>(() => features.RequireBtf()).Message);
        Assert.Equal("6.18.44", features.KernelRelease);
    }

    [Fact]
    public void Tracepoints_and_reasons_come_from_the_running_kernel()
    {
        var features = new Features(new ProcFs());
        Assert.SkipWhen(features.Btf is null, $"no {Features.DefaultBtfPath}: this kernel has no BTF");
        Assert.True(features.HasTracepoint("inet_sock_set_state"));
        Assert.False(features.HasTracepoint("no_such_tracepoint"));
        EnumNames resets = EnumNames.ResetReasons(features.Btf);
        Assert.SkipUnless(resets.Known, "no sk_rst_reason: older than Linux 6.10");
        Assert.Equal("TCP_ABORT_ON_CLOSE", resets.Name(resets.Value("TCP_ABORT_ON_CLOSE")!.Value));
        Assert.Equal("987654", resets.Name(987654));
        Assert.NotNull(EnumNames.DropReasons(features.Btf).Value("NETFILTER_DROP"));
    }

    [Fact]
    public void Sock_diag_works_here() => Assert.Null(new Features(new ProcFs()).SockDiagError);

    [Fact]
    public void Cost_is_never_zero_and_reads_kibibytes()
    {
        Cost cost = Cost.Read();
        Assert.True(cost.Cpu > TimeSpan.Zero);
        Assert.InRange(cost.PeakMemoryBytes, 8L << 20, 8L << 30);
        Assert.Equal(1234 * 1024, Cost.PeakMemory("Name:\tx\nVmHWM:\t    1234 kB\n"));
    }
}
