using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Sources;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>The kernel of this host as the tests watch it: by eBPF, or not at all.</summary>
static class WatchedKernel
{
    /// <summary>A source that sees every connection of the host, or null and what stands in its way.</summary>
    public static ISource? Open(out string? obstacle, bool payload = false)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            obstacle = "needs root";
            return null;
        }
        var proc = new ProcFs();
        ISource source = LiveSource.Open(new Features(proc), proc, TimeProvider.System, out obstacle, payload);
        if (obstacle is null)
            return source;
        source.Dispose();
        obstacle = $"the kernel cannot be watched here: {obstacle}";
        return null;
    }
}
