using System.Net;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Looks into every network namespace of the host: its listeners, settings, counters, and the sockets that wait too long.</summary>
internal sealed class Namespaces(ProcFs proc, Owners owners, TimeProvider time)
{
    private static readonly string[] Settings =
    [
        "net.ipv4.ip_local_port_range", "net.ipv4.tcp_retries2", "net.ipv4.tcp_syn_retries", "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_abort_on_overflow", "net.ipv4.tcp_keepalive_time", "net.core.somaxconn",
    ];

    private static readonly TimeSpan SettledAfter = TimeSpan.FromSeconds(2);

    private readonly Dictionary<uint, (NetworkNamespace Namespace, Dictionary<string, long> Counters)> _known = [];

    /// <summary>Finds namespaces that are new, and tells their listeners and settings; without privilege there is only our own.</summary>
    public IEnumerable<Event> Discover(bool ownOnly = false)
    {
        List<NetworkNamespace> all = NetworkNamespace.List(proc);
        if (ownOnly)
            all.RemoveAll(one => one.Inode != proc.OwnNetworkNamespace());
        foreach (uint gone in _known.Keys.Except(all.Select(one => one.Inode)).ToList())
            _known.Remove(gone);
        List<Event> found = [];
        foreach (NetworkNamespace one in all)
        {
            if (_known.TryGetValue(one.Inode, out var known))
            {
                _known[one.Inode] = (one, known.Counters);
                continue;
            }
            try
            {
                Enter(one, () => Read(one, found));
            }
            catch (KernelException)
            {
                // It went away between the list and the look.
            }
        }
        return found;
    }

    /// <summary>How far each namespace's counters moved since the last call.</summary>
    public IEnumerable<Event> Counters()
    {
        foreach ((uint inode, (NetworkNamespace one, Dictionary<string, long> before)) in _known.ToList())
        {
            // Through a process that lives there a plain read does; entering costs a thread.
            if ((one.Pid is { } pid ? ReadCounters(pid) : null) is not { Count: > 0 } now)
                continue;
            var moved = new SortedDictionary<string, long>(StringComparer.Ordinal);
            foreach ((string name, long value) in now)
            {
                if (value != before.GetValueOrDefault(name) && name.StartsWith("Tcp", StringComparison.Ordinal))
                    moved[name] = value - before.GetValueOrDefault(name);
            }
            _known[inode] = (one, now);
            if (moved.Count > 0)
                yield return new CountersRead { Time = Now(), Netns = inode, Moved = moved };
        }
    }

    /// <summary>Counts the sockets in CLOSE_WAIT per process and service; needs one look at all sockets.</summary>
    public IEnumerable<Event> Waiting()
    {
        List<WaitingSocket> found = [];
        foreach ((NetworkNamespace one, _) in _known.Values)
        {
            try
            {
                Enter(one, () => Dump(one, found));
            }
            catch (KernelException)
            {
                // Gone meanwhile.
            }
        }
        if (found.Count == 0)
            return [];
        owners.Scan();
        return found.GroupBy(socket => (socket.Netns, Pid: owners.Holding(socket.Inode)?.Pid ?? 0, socket.Server, Local: socket.Server ? socket.Local : socket.Local with { Port = 0 }, Remote: socket.Server ? socket.Remote with { Port = 0 } : socket.Remote))
            .Select(group => (Event)new SocketsWaiting
            {
                Time = Now(),
                Netns = group.Key.Netns,
                State = TcpState.CloseWait,
                Process = owners.Holding(group.First().Inode),
                Local = group.Key.Local,
                Remote = group.Key.Remote,
                Opener = group.Key.Server ? Opener.Remote : Opener.Local,
                Count = group.Count(),
                Settled = group.Count(socket => socket.Quiet >= SettledAfter),
                Oldest = group.Max(socket => socket.Quiet),
                Youngest = group.Min(socket => socket.Quiet),
                UnreadBytes = group.Sum(socket => (long)socket.Unread),
                Examples = [.. group.Take(5).Select(socket => socket.Server ? socket.Remote : socket.Local)],
            });
    }

    /// <summary>Our own namespace needs no entering, and no privilege.</summary>
    private void Enter(NetworkNamespace one, Action work)
    {
        if (one.Inode == proc.OwnNetworkNamespace())
            work();
        else
            one.Run(work);
    }

    private void Read(NetworkNamespace one, List<Event> found)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var sysctl = new Sysctl(proc);
        foreach (string name in Settings)
        {
            if (sysctl.Text(name) is { } value)
                values[name] = value.Replace('\t', ' ');
        }
        found.Add(new SettingsRead { Time = Now(), Netns = one.Inode, Values = values });
        _known[one.Inode] = (one, NetCounters.Read(proc));
        using var sockets = new InetDiagSocket();
        foreach (int family in (ReadOnlySpan<int>)[2, 10])
        {
            sockets.Dump(family, 1u << (int)TcpState.Listen, InetDiagExtensions.None, (in InetDiagMessage socket) =>
            {
                var listening = new Listening
                {
                    Time = Now(),
                    Netns = one.Inode,
                    Local = new Endpoint(new IPAddress(socket.LocalAddress), socket.LocalPort),
                    V6Only = socket.V6Only,
                    Backlog = (int)socket.WriteQueue,
                    Waiting = (int)socket.ReceiveQueue,
                    Process = owners.Holding(socket.Inode),
                };
                owners.Observe(listening);
                found.Add(listening);
            });
        }
    }

    private void Dump(NetworkNamespace one, List<WaitingSocket> found)
    {
        using var sockets = new InetDiagSocket();
        foreach (int family in (ReadOnlySpan<int>)[2, 10])
        {
            sockets.Dump(family, 1u << (int)TcpState.CloseWait, InetDiagExtensions.INFO, (in InetDiagMessage socket) =>
            {
                TcpInfo info = socket.Info;
                // The FIN was the last segment with an ACK that came, so that is how long at least it has been there.
                var quiet = TimeSpan.FromMilliseconds(Math.Min(info.tcpi_last_ack_recv, info.tcpi_last_data_sent == 0 ? uint.MaxValue : info.tcpi_last_data_sent));
                Endpoint local = new(Plain(new IPAddress(socket.LocalAddress)), socket.LocalPort);
                Endpoint remote = new(Plain(new IPAddress(socket.RemoteAddress)), socket.RemotePort);
                found.Add(new WaitingSocket(one.Inode, socket.Inode, local, remote, owners.Listener(one.Inode, local) is not null, quiet, socket.ReceiveQueue));
            });
        }
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private Dictionary<string, long>? ReadCounters(int pid)
    {
        try
        {
            return NetCounters.Read(proc, pid);
        }
        catch (KernelException)
        {
            return null; // the process ended, and its /proc files with it
        }
    }

    private DateTimeOffset Now()
    {
        DateTimeOffset now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private readonly record struct WaitingSocket(uint Netns, ulong Inode, Endpoint Local, Endpoint Remote, bool Server, TimeSpan Quiet, uint Unread);
}
