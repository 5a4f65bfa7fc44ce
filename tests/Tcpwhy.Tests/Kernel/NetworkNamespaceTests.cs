using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Xunit;

namespace Tcpwhy.Tests.Kernel;

public class NetworkNamespaceTests
{
    [Fact]
    public void Work_runs_on_a_thread_of_its_own_and_its_error_comes_back()
    {
        var proc = new ProcFs();
        Assert.SkipUnless(Capabilities.Has(Capability.CAP_SYS_ADMIN), "setns needs CAP_SYS_ADMIN");
        var own = new NetworkNamespace(proc.OwnNetworkNamespace()!.Value) { Path = "/proc/thread-self/ns/net" };
        Assert.NotEqual(Environment.CurrentManagedThreadId, own.Run(() => Environment.CurrentManagedThreadId));
        Assert.Equal(own.Inode, own.Run(() => proc.OwnNetworkNamespace()));
        Assert.Throws<InvalidDataException>(() => own.Run(() => throw new InvalidDataException()));
    }

    [Fact]
    public void What_work_costs_inside_is_charged_to_who_asked_for_it()
    {
        Assert.SkipUnless(Capabilities.Has(Capability.CAP_SYS_ADMIN), "setns needs CAP_SYS_ADMIN");
        var own = new NetworkNamespace(new ProcFs().OwnNetworkNamespace()!.Value) { Path = "/proc/thread-self/ns/net" };
        TimeSpan before = Clock.ThreadCpu();

        TimeSpan inside = own.Run(() =>
        {
            while (Clock.ThreadCpu() < TimeSpan.FromMilliseconds(50))
                Thread.SpinWait(1000);
            return Clock.ThreadCpu();
        });

        Assert.True(Clock.ThreadCpu() - before >= inside);
    }

    [Fact]
    public void Namespace_that_is_gone_says_so()
    {
        var gone = new NetworkNamespace(1) { Path = "/run/netns/no-such" };
        Assert.Equal(Errno.ENOENT, Assert.Throws<KernelException>(() => gone.Run(() => 1)).Errno);
    }
}
