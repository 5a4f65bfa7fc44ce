using System.Globalization;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Tuning;

/// <summary>How full the tables of the kernel and the descriptors of processes are, from a few files of /proc.</summary>
internal static class LimitGauges
{
    /// <summary>Tables of the calling thread's namespace, and those of the whole host.</summary>
    public static IEnumerable<Gauge> OfTables(ProcFs proc)
    {
        var sysctl = new Sysctl(proc);
        if (sysctl.Number("net.netfilter.nf_conntrack_count") is { } tracked && sysctl.Number("net.netfilter.nf_conntrack_max") is { } most)
            yield return new Gauge(GaugeKind.Conntrack, "net.netfilter.nf_conntrack_max", "", tracked, most);
        SocketCounts? counts = SocketCounts.Read(proc);
        if (counts is not null && sysctl.Number("net.ipv4.tcp_max_tw_buckets") is { } buckets)
            yield return new Gauge(GaugeKind.TimeWait, "net.ipv4.tcp_max_tw_buckets", "", counts.TimeWait, buckets);
        // These three are of the whole host, and are shown in its first namespace only.
        if (counts is not null && sysctl.Number("net.ipv4.tcp_max_orphans") is { } orphans)
            yield return new Gauge(GaugeKind.Orphans, "net.ipv4.tcp_max_orphans", "", counts.Orphans, orphans);
        if (counts is not null && sysctl.Numbers("net.ipv4.tcp_mem") is [_, var pressure, _])
            yield return new Gauge(GaugeKind.TcpMemory, "net.ipv4.tcp_mem", "", counts.MemoryPages, pressure);
        if (sysctl.Numbers("fs.file-nr") is [var open, _, var files])
            yield return new Gauge(GaugeKind.Files, "fs.file-max", "", open, files);
    }

    /// <summary>The processes that have most of their descriptors open, at most <paramref name="most"/>; those that ended or are another user's are left out.</summary>
    public static IEnumerable<Gauge> OfDescriptors(ProcFs proc, IEnumerable<KeyValuePair<int, string>> processes, int most)
    {
        List<Gauge> gauges = [];
        foreach ((int pid, string comm) in processes)
        {
            try
            {
                if (FileLimit.Read(proc, pid) is { } limit)
                    gauges.Add(new Gauge(GaugeKind.Descriptors, "RLIMIT_NOFILE", $"{comm} {pid.ToString(CultureInfo.InvariantCulture)}", Descriptors.Count(proc, pid), limit.Soft));
            }
            catch (KernelException)
            {
                // It ended, or is another user's.
            }
        }
        return gauges.OrderByDescending(gauge => gauge.Share).Take(most);
    }
}
