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
        target.Run(() => _gauges.AddRange(LimitGauges.OfTables(proc)));
        _gauges.AddRange(LimitGauges.OfDescriptors(proc, _owners, 10));
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

    private static IPAddress Address(UInt128 bits)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, bits);
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
