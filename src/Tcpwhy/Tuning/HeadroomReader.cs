using System.Globalization;
using System.Net;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Sources;

namespace Tcpwhy.Tuning;

/// <summary>Measures headroom: one pass over the sockets, and a few files of /proc.</summary>
public sealed class HeadroomReader(ProcFs proc, Target target)
{
    private readonly List<Gauge> _gauges = [];
    private readonly List<Gauge> _queues = [];
    private readonly Dictionary<(UInt128 From, UInt128 To, int Port), (long Used, long TimeWait)> _ports = [];
    private readonly HashSet<int> _listening = [];
    private readonly SortedDictionary<int, string> _owners = [];

    /// <summary>Reads everything once.</summary>
    /// <exception cref="KernelException">The kernel does not let us list sockets, or enter the namespace.</exception>
    public Headroom Read()
    {
        var sysctl = new Sysctl(proc);
        long[] range = target.Run(() => sysctl.Numbers("net.ipv4.ip_local_port_range")) ?? [];
        (int low, int high) = range.Length == 2 ? ((int)range[0], (int)range[1]) : (0, -1);
        long reserved = PortList.Parse(target.Run(() => sysctl.Text("net.ipv4.ip_local_reserved_ports")) ?? "").Within(low, high);
        ReadSockets(low, high);
        _gauges.AddRange(_queues.OrderByDescending(queue => queue.Share).ThenBy(queue => queue.Port));
        _gauges.AddRange(_ports.Where(pair => pair.Value.Used > 1).OrderByDescending(pair => pair.Value.Used).Take(10)
            .Select(pair => new Gauge(GaugeKind.LocalPorts, "net.ipv4.ip_local_port_range", $"{Address(pair.Key.From)} → {new Endpoint(Address(pair.Key.To), pair.Key.Port)}", pair.Value.Used, high - low + 1 - reserved)
            {
                InTimeWait = pair.Value.TimeWait,
            }));
        target.Run(() => ReadTables(sysctl));
        ReadDescriptors();
        return new Headroom(_gauges, _listening, target.Run(() => NetCounters.Read(proc)));
    }

    private void ReadSockets(int low, int high)
    {
        using SocketTable table = SocketTable.Open(proc, out _);
        table.Read((in TcpSocket socket) =>
        {
            if (socket.Netns != target.Netns)
                return;
            if (socket.Owner is { } owner)
                _owners.TryAdd(owner.Pid, owner.Comm);
            if (socket.IsListener)
            {
                _listening.Add(socket.LocalPort);
                var at = new Endpoint(new IPAddress(socket.LocalBytes), socket.LocalPort);
                string who = socket.Owner is null ? $"{at}" : $"{at} ({socket.Owner.Comm} {socket.Owner.Pid})";
                _queues.Add(new Gauge(GaugeKind.AcceptQueue, "net.core.somaxconn", who, socket.ReceiveQueue, socket.SendQueue) { Port = socket.LocalPort });
            }
            else if (socket.LocalPort >= low && socket.LocalPort <= high && socket.RemotePort != 0)
            {
                var key = (socket.LocalAddress, socket.RemoteAddress, socket.RemotePort);
                (long used, long timeWait) = _ports.GetValueOrDefault(key);
                _ports[key] = (used + 1, timeWait + (socket.State == TcpState.TimeWait ? 1 : 0));
            }
        });
    }

    private void ReadTables(Sysctl sysctl)
    {
        if (sysctl.Number("net.netfilter.nf_conntrack_count") is { } tracked && sysctl.Number("net.netfilter.nf_conntrack_max") is { } most)
            _gauges.Add(new Gauge(GaugeKind.Conntrack, "net.netfilter.nf_conntrack_max", "", tracked, most));
        SocketCounts? counts = SocketCounts.Read(proc);
        if (counts is not null && sysctl.Number("net.ipv4.tcp_max_tw_buckets") is { } buckets)
            _gauges.Add(new Gauge(GaugeKind.TimeWait, "net.ipv4.tcp_max_tw_buckets", "", counts.TimeWait, buckets));
        // These three are of the whole host, and are shown in its first namespace only.
        if (counts is not null && sysctl.Number("net.ipv4.tcp_max_orphans") is { } orphans)
            _gauges.Add(new Gauge(GaugeKind.Orphans, "net.ipv4.tcp_max_orphans", "", counts.Orphans, orphans));
        if (counts is not null && sysctl.Numbers("net.ipv4.tcp_mem") is [_, var pressure, _])
            _gauges.Add(new Gauge(GaugeKind.TcpMemory, "net.ipv4.tcp_mem", "", counts.MemoryPages, pressure));
        if (sysctl.Numbers("fs.file-nr") is [var open, _, var files])
            _gauges.Add(new Gauge(GaugeKind.Files, "fs.file-max", "", open, files));
    }

    private void ReadDescriptors()
    {
        List<Gauge> processes = [];
        foreach ((int pid, string comm) in _owners)
        {
            try
            {
                if (FileLimit.Read(proc, pid) is { } limit)
                    processes.Add(new Gauge(GaugeKind.Descriptors, "RLIMIT_NOFILE", $"{comm} {pid.ToString(CultureInfo.InvariantCulture)}", Descriptors.Count(proc, pid), limit.Soft));
            }
            catch (KernelException)
            {
                // It ended, or is another user's.
            }
        }
        _gauges.AddRange(processes.OrderByDescending(process => process.Share).Take(10));
    }

    private static IPAddress Address(UInt128 bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
