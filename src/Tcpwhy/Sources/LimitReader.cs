using Tcpwhy.Diagnosis;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Reads how near limits are that no event tells of: of connection tracking in a namespace, and of the whole host's TCP memory and closed sockets. Only what is near is told.</summary>
internal sealed class LimitReader(ProcFs proc, Namespaces namespaces, Func<DateTimeOffset> now)
{
    /// <summary>A limit that is met drops hundreds in a row.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(100), Usually = TimeSpan.FromSeconds(1);

    private readonly Sysctl _sysctl = new(proc);
    private readonly Dictionary<uint, DateTimeOffset> _asked = [];
    private readonly HashSet<uint> _unknown = [];
    private DateTimeOffset _told;

    /// <summary>After an event that a limit may be behind, what that limit is at this moment.</summary>
    public IEnumerable<Event> Behind(Event trouble) => trouble switch
    {
        Dropped { Reason: "NETFILTER_DROP" } dropped when IsNew(dropped.Netns, namespaces.Tracking.Contains(dropped.Netns) ? Again : Usually) => Conntrack(dropped.Netns),
        Dropped { Reason: "PROTO_MEM" } or ResetSent { Reason: "TCP_ABORT_ON_MEMORY" } when IsNew(0, Again) => OfHost(),
        _ => [],
    };

    /// <summary>What is near now, each limit at most once a second, and what could not be asked before.</summary>
    public IEnumerable<Event> Near()
    {
        DateTimeOffset time = now();
        List<Event> near = [.. _unknown.Where(namespaces.Knows).ToList().SelectMany(Conntrack)];
        if (time - _told < Usually)
            return near;
        near.AddRange(OfHost());
        if (_sysctl.Number(Limits.Conntrack) is { } most)
            near.AddRange(namespaces.Tracked.Where(table => IsNear(table.Value, most)).Select(table => Read(table.Key, Limits.Conntrack, table.Value, most, most)));
        if (near.Count > 0)
            _told = time;
        return near;
    }

    private bool IsNew(uint netns, TimeSpan pause)
    {
        DateTimeOffset time = now();
        if (_asked.TryGetValue(netns, out DateTimeOffset before) && time - before < pause)
            return false;
        if (_asked.Count > 10_000)
            _asked.Clear(); // a bound; what matters is a tenth of a second old
        _asked[netns] = time;
        return true;
    }

    private List<Event> Conntrack(uint netns)
    {
        List<Event> found = [];
        // A namespace that is new is found half a second later.
        if (!namespaces.Knows(netns))
        {
            if (_unknown.Count < 1_000)
                _unknown.Add(netns);
            return found;
        }
        _unknown.Remove(netns);
        namespaces.TryEnter(netns, () =>
        {
            if (_sysctl.Number("net.netfilter.nf_conntrack_count") is { } entries && _sysctl.Number(Limits.Conntrack) is { } most && IsNear(entries, most))
                found.Add(Read(netns, Limits.Conntrack, entries, most, most));
        });
        return found;
    }

    /// <summary>Both settings are shown in the host's first namespace only.</summary>
    private IEnumerable<Event> OfHost()
    {
        if (SocketCounts.Read(proc) is not { } counts)
            yield break;
        if (_sysctl.Numbers(Limits.Memory) is [_, var saves, var refuses] && IsNear(counts.MemoryPages, saves))
            yield return Read(0, Limits.Memory, counts.MemoryPages, saves, refuses);
        if (_sysctl.Number(Limits.Orphans) is { } orphans && IsNear(counts.Orphans, orphans))
            yield return Read(0, Limits.Orphans, counts.Orphans, orphans, orphans);
    }

    private LimitRead Read(uint netns, string setting, long used, long saves, long refuses) =>
        new() { Time = now(), Netns = netns, Setting = setting, Used = used, Saves = saves, Refuses = refuses };

    private static bool IsNear(long used, long limit) => new Use(used, limit).IsNear;
}
