using Tcpwhy.Kernel;
using Xunit;

namespace Tcpwhy.Tests.Kernel;

public class CapabilitiesTests
{
    [Fact]
    public void Missing_names_what_the_thread_lacks()
    {
        bool has = Capabilities.Has(Capability.CAP_BPF);
        Assert.Equal(has ? [] : ["CAP_BPF"], Capabilities.Missing(Capability.CAP_BPF));
        Assert.Equal((1UL << 12) | (1UL << 39), Capabilities.Set(Capability.CAP_NET_ADMIN, Capability.CAP_BPF));
    }

    [Fact]
    public void Drop_holds_for_the_thread_and_counts_the_others()
    {
        ulong before = Capabilities.Effective(), after = 0;
        int others = 0;

        // A thread of its own, for what is dropped does not come back.
        var thread = new Thread(() =>
        {
            others = Capabilities.Drop(Capability.CAP_NET_ADMIN);
            after = Capabilities.Effective();
        });
        thread.Start();
        thread.Join();
        Assert.Equal(before & Capabilities.Set(Capability.CAP_NET_ADMIN), after);
        Assert.Equal(before, Capabilities.Effective());
        Assert.Equal(before != 0, others > 0);
    }
}
