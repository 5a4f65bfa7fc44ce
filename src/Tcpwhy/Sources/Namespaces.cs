using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Looks into every network namespace of the host: its settings and counters.</summary>
internal sealed class Namespaces(ProcFs proc, TimeProvider time)
{
    /// <summary>How the names of connection tracking's own counters begin: conntrack_insert_failed.</summary>
    private const string Conntrack = "conntrack";

    private static readonly string[] Settings =
    [
        "net.ipv4.ip_local_port_range", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_retries2", "net.ipv4.tcp_syn_retries", "net.ipv4.tcp_tw_reuse", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_abort_on_overflow", "net.ipv4.tcp_keepalive_time", "net.core.somaxconn",
        "net.ipv4.tcp_syncookies", "net.ipv4.tcp_max_tw_buckets", "net.ipv4.tcp_ehash_entries", "net.ipv4.tcp_fastopen", "net.netfilter.nf_conntrack_max",
        "net.ipv4.tcp_orphan_retries", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    /// <summary>What takes a container's network down usually ends its namespace at once; a process that uses its grace period keeps it for longer.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(3), Suspicion = TimeSpan.FromSeconds(35);

    private readonly Dictionary<uint, DateTimeOffset> _refreshed = [];
    private readonly Dictionary<uint, DateTimeOffset> _suspects = [];
    private readonly HashSet<uint> _tracking = [];
    private readonly Dictionary<uint, long> _tracked = [];
    private readonly HashSet<uint> _inTimeWait = [];
    private DateTimeOffset _looked;
    private DateTimeOffset _suspected;
    private bool _began;
    private bool _missed;
    private long _reads;
    private readonly HashSet<uint> _met = [];
    private readonly Dictionary<uint, (NetworkNamespace Namespace, Dictionary<string, long> Counters)> _known = [];

    /// <summary>Finds namespaces that are new, and tells their settings, and which of the suspected are gone; without privilege there is only our own.</summary>
    public IEnumerable<Event> Discover(bool ownOnly = false)
    {
        (_looked, _missed) = (Now(), false);
        List<NetworkNamespace> all = NetworkNamespace.List(proc);
        if (ownOnly)
            all.RemoveAll(one => one.Inode != proc.OwnNetworkNamespace());
        // A number is soon given to another namespace; the name is then another too.
        HashSet<uint> living = [.. all.Where(one => !(_known.TryGetValue(one.Inode, out var before) && before.Namespace.Name is { } name && one.Name is { } now && now != name)).Select(one => one.Inode)];
        List<Event> found = [];
        foreach ((uint suspect, DateTimeOffset since) in _suspects.ToList())
        {
            if (!living.Contains(suspect))
                found.Add(new NamespaceGone { Time = _looked, Netns = suspect });
            if (!living.Contains(suspect) || _looked - since > Suspicion)
                _suspects.Remove(suspect);
        }
        foreach (uint gone in _known.Keys.Where(known => !living.Contains(known)).ToList())
        {
            _known.Remove(gone);
            _tracking.Remove(gone);
            _tracked.Remove(gone);
            _inTimeWait.Remove(gone);
            _refreshed.Remove(gone);
        }
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
        _began = true;
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
        _reads++;
        foreach ((uint inode, (NetworkNamespace one, Dictionary<string, long> before)) in _known.ToList())
        {
            // Where no process lives and nothing was heard of, a rare look finds whether connections are tracked.
            if (one.Pid is null && !_met.Contains(inode) && _reads % 4 != 0)
                continue;
            if (ReadCounters(one) is not { Count: > 0 } now)
                continue;
            var moved = new SortedDictionary<string, long>(StringComparer.Ordinal);
            foreach ((string name, long value) in now)
            {
                if (value != before.GetValueOrDefault(name) && (name.StartsWith("Tcp", StringComparison.Ordinal) || name.StartsWith(Conntrack, StringComparison.Ordinal)))
                    moved[name] = value - before.GetValueOrDefault(name);
            }
            _known[inode] = (one, now);
            if (moved.Count > 0)
                yield return new CountersRead { Time = Now(), Netns = inode, Moved = moved };
        }
    }

    /// <summary>Notes that an event came from a namespace, which may not have been found yet.</summary>
    public void Met(uint inode)
    {
        if (inode == 0 || !_met.Add(inode))
            return;
        _missed |= !_known.ContainsKey(inode);
        if (_met.Count >= 10_000)
            _met.Clear(); // a bound; who speaks again is met again
    }

    /// <summary>Notes that a socket was left stranded in a namespace, which may be going.</summary>
    public void Suspect(uint inode)
    {
        if (_suspects.TryAdd(inode, Now()))
            _suspected = Now();
    }

    /// <summary>Whether one that was not found yet was met, or one may be going, and it is time to look again: twice a second, whatever else there is to do.</summary>
    public bool IsDue => (_missed || _suspects.Count > 0 && Now() - _suspected < AtOnce) && Now() - _looked >= TimeSpan.FromMilliseconds(500);

    /// <summary>Whether the namespace was found.</summary>
    public bool Knows(uint inode) => _known.ContainsKey(inode);

    /// <summary>Namespaces in which connection tracking was seen at work.</summary>
    public IReadOnlyCollection<uint> Tracking => _tracking;

    /// <summary>How many connections each of them tracked when counters were read last.</summary>
    public IReadOnlyDictionary<uint, long> Tracked => _tracked;

    /// <summary>Namespaces that had sockets in TIME_WAIT then.</summary>
    public IReadOnlyCollection<uint> InTimeWait => _inTimeWait;

    /// <summary>Runs work inside a namespace that was found before; false when it is not known, or gone.</summary>
    public bool TryEnter(uint inode, Action work)
    {
        if (!_known.TryGetValue(inode, out var known))
            return false;
        try
        {
            Enter(known.Namespace, work);
            return true;
        }
        catch (KernelException)
        {
            return false;
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
        // One that is new since we began has counted all that it has since then.
        _known[one.Inode] = (one, _began ? [] : ReadHere(one.Inode, null));
    }

    private SettingsRead ReadSettings(uint inode)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var sysctl = new Sysctl(proc);
        foreach (string name in Settings)
        {
            if (sysctl.Text(name) is { Length: > 0 } value)
                values[name] = value.Replace('\t', ' ');
        }
        return new SettingsRead { Time = Now(), Netns = inode, Values = values };
    }

    private Dictionary<string, long>? ReadCounters(NetworkNamespace one)
    {
        try
        {
            // Through a process that lives there a plain read does; entering costs a thread.
            return one.Pid is { } pid ? ReadHere(one.Inode, pid) : one.Run(() => ReadHere(one.Inode, null));
        }
        catch (KernelException)
        {
            return null; // the process ended, and its /proc files with it; or the namespace is gone
        }
    }

    private Dictionary<string, long> ReadHere(uint inode, int? pid)
    {
        Dictionary<string, long> counters = NetCounters.Read(proc, pid);
        if (SocketCounts.Read(proc, pid) is { TimeWait: > 0 })
            _inTimeWait.Add(inode);
        else
            _inTimeWait.Remove(inode);
        if (ConntrackStat.Read(proc, pid) is not { } tracked)
            return counters;
        foreach ((string name, long value) in tracked)
        {
            if (value > 0)
                _tracking.Add(inode);
            if (name == "entries")
                _tracked[inode] = value;
            else
                counters[$"{Conntrack}_{name}"] = value;
        }
        return counters;
    }

    private DateTimeOffset Now()
    {
        DateTimeOffset now = time.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
