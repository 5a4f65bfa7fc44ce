using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Sources;

/// <summary>Chooses how this host can be watched: by eBPF where the kernel and our privileges allow it, else by sock_diag.</summary>
public static class LiveSource
{
    /// <summary>Opens the best source that works here; <paramref name="obstacle"/> says what stands in the way of a better one, or is null. With <paramref name="payload"/> the kind of each connection's first bytes is looked at.</summary>
    /// <exception cref="KernelException">Not even sock_diag works.</exception>
    public static ISource Open(Features features, ProcFs proc, TimeProvider time, out string? obstacle, bool payload = false)
    {
        try
        {
            obstacle = null;
            return BpfSource.Attach(features, proc, time, payload);
        }
        catch (KernelException refused)
        {
            obstacle = refused.Message;
        }
        catch (FeatureMissingException missing)
        {
            obstacle = missing.Message;
        }
        catch (DllNotFoundException)
        {
            obstacle = "libbpf.so.1 is not installed";
        }
        return new SockDiagSource(features, proc, time, obstacle);
    }
}
