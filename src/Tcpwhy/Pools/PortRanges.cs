using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Pools;

/// <summary>How many local ports each network namespace has for outgoing connections: net.ipv4.ip_local_port_range without those reserved.</summary>
public sealed class PortRanges(ProcFs proc)
{
    private readonly Dictionary<uint, PortRange?> _known = [];
    private List<NetworkNamespace>? _namespaces;

    /// <summary>The range; null when the namespace is gone or we may not enter it.</summary>
    public PortRange? Of(uint netns)
    {
        if (!_known.TryGetValue(netns, out PortRange? range))
            _known[netns] = range = Read(netns);
        return range;
    }

    /// <summary>Counts the ports of a range that a list as <c>8080,9000-9100</c> does not reserve.</summary>
    internal static int Count(long low, long high, string reserved)
    {
        long count = high - low + 1;
        foreach (string part in reserved.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            if (long.TryParse(ends[0], out long from) && long.TryParse(ends[^1], out long to))
                count -= Math.Max(Math.Min(to, high) - Math.Max(from, low) + 1, 0);
        }
        return (int)Math.Max(count, 0);
    }

    private PortRange? Read(uint netns)
    {
        try
        {
            if (netns == proc.OwnNetworkNamespace())
                return Here(proc);
            _namespaces ??= NetworkNamespace.List(proc);
            return _namespaces.Find(one => one.Inode == netns)?.Run(() => Here(proc));
        }
        catch (Exception hidden) when (hidden is KernelException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>The range of the calling thread's namespace; null when it does not tell.</summary>
    internal static PortRange? Here(ProcFs proc)
    {
        var sysctl = new Sysctl(proc);
        return sysctl.Numbers("net.ipv4.ip_local_port_range") is [var low, var high]
            ? new PortRange(Count(low, high, sysctl.Text("net.ipv4.ip_local_reserved_ports") ?? ""), sysctl.Number("net.ipv4.tcp_tw_reuse") == 1) { Low = (int)low, High = (int)high } : null;
    }
}
