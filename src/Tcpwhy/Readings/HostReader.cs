using System.Globalization;
using Tcpwhy.Filtering;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Pools;
using Tcpwhy.Sources;
using Tcpwhy.Tuning;

namespace Tcpwhy.Readings;

/// <summary>Makes readings of this host: one pass over the sockets, and a few files of /proc. From the second on they have rates.</summary>
/// <param name="filter">Which connections count; limits, counters and interfaces are of the whole host.</param>
public sealed class HostReader(SocketTable table, ProcFs proc, TimeProvider time, Filter filter)
{
    private const int Most = 20;
    private const int MostListeners = 100;
    private const int MostGauges = 10;
    private static readonly TimeSpan RangesLast = TimeSpan.FromSeconds(10);
    private static readonly string[] SettingNames =
    [
        "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog",
        "net.ipv4.tcp_syncookies", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_retries2",
        "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem", "net.ipv4.tcp_congestion_control",
    ];

    private readonly SocketTally _tally = new();
    private readonly CounterMeter _counters = new(proc, time);
    private readonly InterfaceMeter _interfaces = new(proc);
    private readonly Pace _pace = new(time, TimeSpan.FromSeconds(1));
    private readonly Dictionary<int, ProcessInfo> _names = [];
    private PortRanges _ranges = new(proc);
    private long _rangesRead = time.GetTimestamp();
    private long? _before;
    private List<Gauge> _descriptors = [];

    /// <summary>Reads once. <paramref name="also"/> sees every socket that counts, in the same pass; they have memory and tcp_info when <paramref name="full"/>.</summary>
    /// <exception cref="KernelException">The kernel does not let us list sockets.</exception>
    /// <exception cref="InvalidDataException">What it said does not parse.</exception>
    public Reading Read(SocketHandler? also = null, bool full = false)
    {
        DateTimeOffset now = time.GetUtcNow();
        long stamp = time.GetTimestamp();
        TimeSpan interval = _before is { } before ? time.GetElapsedTime(before, stamp) : TimeSpan.Zero;
        _before = stamp;
        if (time.GetElapsedTime(_rangesRead) > RangesLast)
            (_ranges, _rangesRead) = (new PortRanges(proc), time.GetTimestamp());

        _tally.Clear();
        uint netns = 0;
        PortRange? range = null;
        SocketsUnseen unseen = table.Poll((in TcpSocket socket) =>
        {
            if (filter != Filter.Everything && !filter.Matches(socket.Subject))
                return;
            if (socket.Netns != netns)
                (netns, range) = (socket.Netns, _ranges.Of(socket.Netns));
            _tally.Add(socket, range);
            also?.Invoke(socket);
        }, full);
        SortedDictionary<string, long>? moved = _counters.Read();
        List<ProcessCount> processes = _tally.ByProcess(Name);
        List<ListenerReading> listeners = _tally.Listeners(MostListeners, Name);
        List<LocalPortUse> uses = _tally.PortUses(Most, _ranges.Of);
        _pace.Afford(() => _descriptors = [.. LimitGauges.OfDescriptors(proc, Holders(processes, listeners), MostGauges)]);
        return new Reading
        {
            Time = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond)),
            Interval = interval,
            Source = table.Source,
            Connections = _tally.Connections,
            States = _tally.ByState(),
            LocalPorts = _tally.ByPort(Most, Name),
            Peers = _tally.ByPeer(Most),
            Processes = [.. processes.Take(Most)],
            Containers = Containers(processes),
            ListenerCount = _tally.ListenerCount,
            Listeners = listeners,
            TimeWaits = _tally.TimeWaits(MostGauges),
            PortUses = uses,
            Kernel = ReadKernel(),
            Limits = [.. listeners.Take(MostGauges).Select(Queue), .. uses.Where(use => use.Available > 0).Take(MostGauges).Select(Ports), .. LimitGauges.OfTables(proc), .. _descriptors],
            Interfaces = _interfaces.Read(interval),
            Rates = moved is null || interval <= TimeSpan.Zero ? null : CounterMeter.Rates(moved, interval),
            Moved = moved ?? [],
            Settings = ReadSettings(),
            Load = ReadLoad(proc.ReadText("loadavg")),
            Unseen = unseen,
        };
    }

    /// <summary>Reads <c>0.42 0.38 0.30 2/812 4312</c>; null when it is something else.</summary>
    internal static LoadAverage? ReadLoad(string? text) =>
        text?.Split(' ') is [var one, var five, var fifteen, ..] && Number(one) is { } a && Number(five) is { } b && Number(fifteen) is { } c ? new LoadAverage(a, b, c) : null;

    private static double? Number(string word) => double.TryParse(word, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : null;

    private static Dictionary<int, string> Holders(List<ProcessCount> processes, List<ListenerReading> listeners)
    {
        Dictionary<int, string> holders = [];
        foreach (ProcessInfo? process in processes.Select(one => one.Process).Concat(listeners.Select(one => one.Process).OfType<ProcessInfo>()))
            holders[process.Pid] = process.Comm;
        return holders;
    }

    private static List<ContainerCount> Containers(List<ProcessCount> processes) =>
    [
        .. processes.Where(one => one.Process.Container is not null).GroupBy(one => one.Process.Container!, StringComparer.Ordinal)
            .Select(group => new ContainerCount(group.Key, group.Sum(one => one.Count), group.Sum(one => one.Established)))
            .OrderByDescending(one => one.Count).ThenBy(one => one.Container, StringComparer.Ordinal).Take(Most),
    ];

    private static Gauge Queue(ListenerReading one) =>
        new(GaugeKind.AcceptQueue, "net.core.somaxconn", one.Process is { } process ? $"{one.Local} ({process.Comm} {process.Pid})" : $"{one.Local}", one.Waiting, one.Backlog) { Port = one.Local.Port };

    private static Gauge Ports(LocalPortUse use) =>
        new(GaugeKind.LocalPorts, "net.ipv4.ip_local_port_range", $"{use.Source} → {use.Destination}", use.Used, use.Available) { InTimeWait = use.TimeWait };

    /// <summary>The process with its container, which is read once while it has the same name.</summary>
    private ProcessInfo Name(SocketOwner owner)
    {
        if (_names.TryGetValue(owner.Pid, out ProcessInfo? known) && known.Comm == owner.Comm)
            return known;
        if (_names.Count > 10_000)
            _names.Clear();
        return _names[owner.Pid] = new ProcessInfo(owner.Pid, owner.Comm) { Container = owner.Container };
    }

    private KernelCounts? ReadKernel()
    {
        if (SocketCounts.Read(proc) is not { } counts)
            return null;
        var sysctl = new Sysctl(proc);
        (long pressure, long limit) = sysctl.Numbers("net.ipv4.tcp_mem") is [_, var second, var third] ? (second, third) : (0, 0);
        return new KernelCounts(counts.InUse + counts.InUse6, counts.Orphans, counts.TimeWait, counts.Allocated, counts.MemoryPages, pressure, limit)
        {
            OrphanLimit = sysctl.Number("net.ipv4.tcp_max_orphans") ?? 0,
            TimeWaitLimit = sysctl.Number("net.ipv4.tcp_max_tw_buckets") ?? 0,
        };
    }

    private SortedDictionary<string, string> ReadSettings()
    {
        SortedDictionary<string, string> values = new(StringComparer.Ordinal);
        var sysctl = new Sysctl(proc);
        foreach (string name in SettingNames)
        {
            if (sysctl.Text(name) is { } value)
                values[name] = value.Replace('\t', ' ');
        }
        return values;
    }
}
