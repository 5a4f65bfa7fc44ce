using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Probing;

/// <summary>The kernel settings of this host that end idle connections, in every network namespace that we may enter.</summary>
public static class HostTimeouts
{
    private const string Conntrack = "net.netfilter.nf_conntrack_tcp_timeout_established";

    private const string Tracking = "conntrack", Unanswered = "TCP keep-alive without an answer";

    /// <summary>What conntrack and keep-alive are set to; a value that several namespaces share is told once for each.</summary>
    public static IReadOnlyList<IdleFit> Read(ProcFs proc)
    {
        List<IdleFit> found = [];
        uint? own = proc.OwnNetworkNamespace();
        foreach (NetworkNamespace one in NetworkNamespace.List(proc))
        {
            try
            {
                if (one.Inode == own)
                    found.AddRange(ReadHere(proc, null));
                else
                    found.AddRange(one.Run(() => ReadHere(proc, one.Name ?? $"net:[{one.Inode}]")));
            }
            catch (KernelException)
            {
                // It is not ours to enter, or it is gone.
            }
        }
        return found;
    }

    private static List<IdleFit> ReadHere(ProcFs proc, string? name)
    {
        var sysctl = new Sysctl(proc);
        List<IdleFit> found = [];
        if (sysctl.Number(Conntrack) is > 0 and var tracked)
            found.Add(new IdleFit(Tracking, Conntrack, TimeSpan.FromSeconds(tracked), "/proc/sys", true, name));
        if (sysctl.Number("net.ipv4.tcp_keepalive_time") is > 0 and var idle && sysctl.Number("net.ipv4.tcp_keepalive_intvl") is > 0 and var interval
            && sysctl.Number("net.ipv4.tcp_keepalive_probes") is > 0 and var probes)
            found.Add(new IdleFit(Unanswered, "net.ipv4.tcp_keepalive_time", TimeSpan.FromSeconds(idle + (interval * probes)), "/proc/sys", true, name));
        return found;
    }
}
