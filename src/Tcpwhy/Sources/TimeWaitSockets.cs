using Tcpwhy.Filtering;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Pools;
using Tcpwhy.Readings;

namespace Tcpwhy.Sources;

/// <summary>Looks at the sockets of a namespace that has many in TIME_WAIT: between whom they are, and which limit they come near.</summary>
/// <param name="flows">What was counted so far, the busiest first: no process holds a socket in TIME_WAIT, but one of these made it.</param>
internal sealed class TimeWaitSockets(Namespaces namespaces, ProcFs proc, Func<DateTimeOffset> now, Func<IReadOnlyList<TrafficFlow>> flows)
{
    /// <summary>Fewer, and far from every limit, are not worth a look at all sockets.</summary>
    private const int Many = 500;

    private const int MostGroups = 10, MostUses = 100;

    private readonly Lazy<SocketTally> _tally = new(() => new SocketTally());
    private readonly HashSet<uint> _told = [];

    /// <summary>Namespaces without room that could not be looked at yet.</summary>
    private readonly HashSet<uint> _owed = [];

    /// <summary>Looks at every namespace that had any when its counters were read last.</summary>
    public IEnumerable<Event> LookAll() => namespaces.InTimeWait.Union(_told).ToList().SelectMany(inode => Look(inode, overflowed: false));

    /// <summary>What counters say, and before it, where TIME_WAIT had no room for more, who fills it, as often as <paramref name="pace"/> affords; at the end, without one, wherever that is still owed.</summary>
    public IEnumerable<Event> Explained(IEnumerable<Event> counters, Pace? pace)
    {
        foreach (Event read in counters)
        {
            if (read is CountersRead full && full.Moved.ContainsKey("TcpExtTCPTimeWaitOverflow"))
            {
                _owed.Add(full.Netns);
                foreach (Event one in Explained(full.Netns, pace))
                    yield return one;
            }
            yield return read;
        }
        foreach (Event one in _owed.ToList().SelectMany(inode => Explained(inode, pace)))
            yield return one;
    }

    private List<Event> Explained(uint inode, Pace? pace)
    {
        List<Event> found = [];
        if (pace is null)
            Pay();
        else
            pace.Afford(Pay);
        return found;

        void Pay()
        {
            found.AddRange(Look(inode, overflowed: true));
            _owed.Remove(inode);
        }
    }

    /// <summary>Looks at one namespace; at all its sockets when they are many, near a limit, or <paramref name="overflowed"/> it.</summary>
    private List<Event> Look(uint inode, bool overflowed)
    {
        List<Event> found = [];
        namespaces.TryEnter(inode, () => found.AddRange(LookHere(inode, overflowed)));
        // What its settings allow may have changed since it was found.
        return found.Count > 0 ? [.. namespaces.Refresh(inode), .. found] : found;
    }

    private List<Event> LookHere(uint inode, bool overflowed)
    {
        DateTimeOffset time = now();
        long waiting = SocketCounts.Read(proc)?.TimeWait ?? 0;
        PortRange? range = PortRanges.Here(proc);
        var buckets = new Use(waiting, new Sysctl(proc).Number("net.ipv4.tcp_max_tw_buckets") ?? 0);
        if (!overflowed && waiting < Many && !buckets.IsNear && (range is not { } ports || waiting < ports.Count / 4))
            return _told.Remove(inode) ? [Group(time, inode, Endpoint.None, Endpoint.None, Opener.Unknown, 0, null, buckets)] : [];
        SocketTally tally = Tally(inode, range);
        IReadOnlyList<TrafficFlow> seen = flows();
        Dictionary<(System.Net.IPAddress, Endpoint), LocalPortUse> uses = tally.PortUses(MostUses, _ => range).ToDictionary(use => (use.Source, use.Destination));
        List<Event> groups = [];
        foreach (TimeWaitCount one in tally.TimeWaits(MostGroups))
        {
            bool client = one.Remote.Port != 0;
            Use? taken = client && uses.GetValueOrDefault((one.Local, one.Remote)) is { } use ? new Use(use.Used, use.Available) : null;
            groups.Add(Group(time, inode, new Endpoint(one.Local, one.Service), client ? one.Remote : Endpoint.None, client ? Opener.Local : Opener.Remote, one.Count, taken, buckets) with { Process = client ? Maker(seen, inode, one.Remote) : null });
        }
        _told.Add(inode);
        return groups.Count > 0 ? groups : overflowed ? [Busiest(seen, time, inode, buckets)] : groups;
    }

    private SocketTally Tally(uint inode, PortRange? range)
    {
        SocketTally tally = _tally.Value;
        tally.Clear();
        using var sockets = new InetDiagSocket();
        // Listeners first: they tell a service's connections from a client's.
        foreach (uint states in (ReadOnlySpan<uint>)[1u << (int)TcpState.Listen, InetDiagSocket.AllStates & ~(1u << (int)TcpState.Listen)])
        {
            sockets.Dump(states, InetDiagExtensions.None, (in InetDiagMessage message) =>
            {
                SocketRow row = message.ToRow(inode);
                tally.Add(new TcpSocket(in row, null, 0), range);
            });
        }
        return tally;
    }

    /// <summary>Where nothing may wait at all, only what was counted tells who closes.</summary>
    private static SocketsWaiting Busiest(IReadOnlyList<TrafficFlow> seen, DateTimeOffset time, uint inode, Use buckets)
    {
        if (seen.FirstOrDefault(one => one.Netns == inode && one.Opener != Opener.Unknown) is not { } flow)
            return Group(time, inode, Endpoint.None, Endpoint.None, Opener.Unknown, 0, null, buckets);
        bool client = flow.Opener == Opener.Local;
        return Group(time, inode, Endpoint.None with { Port = client ? 0 : flow.Port }, new Endpoint(flow.Remote, client ? flow.Port : 0), flow.Opener, 0, null, buckets) with { Process = flow.Process };
    }

    private static SocketsWaiting Group(DateTimeOffset time, uint inode, Endpoint local, Endpoint remote, Opener opener, int count, Use? ports, Use buckets) => new()
    {
        Time = time,
        Netns = inode,
        State = TcpState.TimeWait,
        Local = local,
        Remote = remote,
        Opener = opener,
        Count = count,
        Settled = count,
        Ports = ports,
        Buckets = buckets,
    };

    private static ProcessInfo? Maker(IReadOnlyList<TrafficFlow> seen, uint inode, Endpoint destination) => seen.FirstOrDefault(flow =>
        flow.Netns == inode && flow.Opener == Opener.Local && flow.Port == destination.Port && FilterSubject.BitsOf(flow.Remote) == FilterSubject.BitsOf(destination.Address))?.Process;
}
