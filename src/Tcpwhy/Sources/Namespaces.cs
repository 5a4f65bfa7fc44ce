using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Looks into every network namespace of the host: its settings and counters.</summary>
internal sealed class Namespaces(ProcFs proc, TimeProvider time)
{
    private static readonly string[] Settings =
    [
        "net.ipv4.ip_local_port_range", "net.ipv4.tcp_retries2", "net.ipv4.tcp_syn_retries", "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_abort_on_overflow", "net.ipv4.tcp_keepalive_time", "net.core.somaxconn", "net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_timestamps", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    private readonly Dictionary<uint, DateTimeOffset> _refreshed = [];
    private readonly Dictionary<uint, (NetworkNamespace Namespace, Dictionary<string, long> Counters)> _known = [];

    /// <summary>Finds namespaces that are new, and tells their settings; without privilege there is only our own.</summary>
    public IEnumerable<Event> Discover(bool ownOnly = false)
    {
        List<NetworkNamespace> all = NetworkNamespace.List(proc);
        if (ownOnly)
            all.RemoveAll(one => one.Inode != proc.OwnNetworkNamespace());
        foreach (uint gone in _known.Keys.Except(all.Select(one => one.Inode)).ToList())
        {
            _known.Remove(gone);
            _refreshed.Remove(gone);
        }
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

    /// <summary>Reads the settings of one namespace again, which may be new, at most once a second: they may have been changed since it was found.</summary>
    public IEnumerable<Event> Refresh(uint inode)
    {
        DateTimeOffset now = Now();
        if (_refreshed.TryGetValue(inode, out DateTimeOffset last) && now - last < TimeSpan.FromSeconds(1))
            return [];
        _refreshed[inode] = now;
        if (!_known.TryGetValue(inode, out var known))
            return Discover();
        try
        {
            List<Event> settings = [];
            Enter(known.Namespace, () => settings.Add(ReadSettings(inode)));
            return settings;
        }
        catch (KernelException)
        {
            return []; // the namespace is gone
        }
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
        found.Add(ReadSettings(one.Inode));
        _known[one.Inode] = (one, NetCounters.Read(proc));
    }

    private SettingsRead ReadSettings(uint inode)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var sysctl = new Sysctl(proc);
        foreach (string name in Settings)
        {
            if (sysctl.Text(name) is { } value)
                values[name] = value.Replace('\t', ' ');
        }
        return new SettingsRead { Time = Now(), Netns = inode, Values = values };
    }

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
}
