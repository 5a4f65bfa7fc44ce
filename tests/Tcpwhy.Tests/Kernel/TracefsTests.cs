using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Xunit;

namespace Tcpwhy.Tests.Kernel;

public class TracefsTests
{
    [Fact]
    public void Detached_mount_reads_and_leaves_no_trace()
    {
        Assert.SkipUnless(Capabilities.Has(Capability.CAP_SYS_ADMIN), "mounting tracefs needs CAP_SYS_ADMIN");
        int mounts = Mount.List(new ProcFs()).Count(mount => mount.Type == "tracefs");
        using (Tracefs tracefs = Tracefs.OpenDetached())
        {
            Assert.True(tracefs.TracepointId("sched", "sched_process_exit") > 0);
            Assert.Null(tracefs.TracepointId("sched", "no_such_tracepoint"));
            Assert.Equal(mounts, Mount.List(new ProcFs()).Count(mount => mount.Type == "tracefs"));
        }
    }

    [Fact]
    public void Existing_mount_gives_the_same_id()
    {
        Assert.SkipUnless(Capabilities.Has(Capability.CAP_SYS_ADMIN), "reading tracefs needs root");
        using Tracefs usual = Tracefs.Open(new ProcFs()), detached = Tracefs.OpenDetached();
        Assert.Equal(detached.TracepointId("sched", "sched_process_exit"), usual.TracepointId("sched", "sched_process_exit"));
    }
}
