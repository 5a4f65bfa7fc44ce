using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tcpwhy.Model;
using Tcpwhy.Pools;
using Tcpwhy.Sources;

namespace Tcpwhy.Readings;

/// <summary>Counts the sockets of one look by all that a reading groups them by. Its tables are used again for the next look: a socket costs no memory.</summary>
internal sealed class SocketTally
{
    private const int States = 13;
    private readonly int[] _states = new int[States];
    private readonly Count[] _ports = new Count[ushort.MaxValue + 1];
    private readonly Dictionary<UInt128, Count> _peers = [];
    private readonly Dictionary<(uint Netns, int Port), int> _listening = [];
    private readonly Dictionary<PortsKey, Ports> _outgoing = [];
    private readonly Dictionary<(uint Netns, UInt128 Local, int Port), int> _served = [];
    private readonly List<Listener> _listeners = [];
    private Holder[] _holders = new Holder[64];

    /// <summary>Connections of this look: all but listeners.</summary>
    public int Connections { get; private set; }

    public int ListenerCount => _listeners.Count;

    /// <summary>Forgets the last look.</summary>
    public void Clear()
    {
        Array.Clear(_states);
        Array.Clear(_ports);
        Array.Clear(_holders);
        _peers.Clear();
        _listening.Clear();
        _outgoing.Clear();
        _served.Clear();
        _listeners.Clear();
        Connections = 0;
    }

    /// <summary>Counts one socket. The kernel lists a namespace's listeners before its connections.</summary>
    /// <param name="range">Its namespace's ports for outgoing connections; null when they are not known.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(in TcpSocket socket, PortRange? range)
    {
        TcpState state = socket.State == TcpState.NewSynReceived ? TcpState.SynReceived : socket.State;
        _states[(uint)state < States ? (int)state : 0]++;
        if (state == TcpState.Listen)
        {
            Listen(socket);
            return;
        }
        Connections++;
        bool established = state == TcpState.Established, waits = state == TcpState.TimeWait;
        UInt128 remote = socket.RemoteAddress;
        CollectionsMarshal.GetValueRefOrAddDefault(_peers, remote, out _).Add(established);
        if (socket.Owner is { } owner)
            Hold(owner, established, state == TcpState.CloseWait);
        if (_listening.TryGetValue((socket.Netns, socket.LocalPort), out int listener))
        {
            _ports[socket.LocalPort].Add(established);
            CollectionsMarshal.AsSpan(_listeners)[listener].Connections++;
            if (waits)
                CollectionsMarshal.GetValueRefOrAddDefault(_served, (socket.Netns, socket.LocalAddress, socket.LocalPort), out _)++;
            return;
        }
        ref Ports use = ref CollectionsMarshal.GetValueRefOrAddDefault(_outgoing, new PortsKey(socket.Netns, socket.LocalAddress, remote, socket.RemotePort), out _);
        use.Used += range is not { } ports || (socket.LocalPort >= ports.Low && socket.LocalPort <= ports.High) ? 1 : 0;
        use.TimeWait += waits ? 1 : 0;
    }

    /// <summary>Sockets by state, in the order of the kernel's numbers.</summary>
    public List<StateCount> ByState()
    {
        List<StateCount> counts = [];
        for (int state = 0; state < States; state++)
        {
            if (_states[state] > 0)
                counts.Add(new StateCount((TcpState)state, _states[state]));
        }
        return counts;
    }

    /// <summary>Ports that somebody listens on and that have connections, the busiest first.</summary>
    public List<PortCount> ByPort(int most, Func<SocketOwner, ProcessInfo> name)
    {
        Dictionary<int, SocketOwner?> owners = [];
        foreach (Listener one in _listeners)
            owners[one.Port] = owners.GetValueOrDefault(one.Port) ?? one.Owner;
        var top = new Top<int>(most);
        foreach (int port in owners.Keys)
        {
            if (_ports[port].All > 0)
                top.Offer(port, _ports[port].All);
        }
        return [.. top.Items().Select(port => new PortCount(port, _ports[port].All, _ports[port].Established, owners[port] is { } owner ? name(owner) : null))
            .OrderByDescending(one => one.Count).ThenBy(one => one.Port)];
    }

    public List<PeerCount> ByPeer(int most)
    {
        var top = new Top<(UInt128 Address, Count Count)>(most);
        foreach ((UInt128 address, Count count) in _peers)
            top.Offer((address, count), count.All);
        return [.. top.Items().OrderByDescending(one => one.Count.All).ThenBy(one => one.Address)
            .Select(one => new PeerCount(Addresses.Of(one.Address), one.Count.All, one.Count.Established))];
    }

    /// <summary>Every process that holds a connection, the one with most first.</summary>
    public List<ProcessCount> ByProcess(Func<SocketOwner, ProcessInfo> name)
    {
        List<ProcessCount> counts = [];
        foreach (ref readonly Holder one in _holders.AsSpan())
        {
            if (one.Owner is { } owner)
                counts.Add(new ProcessCount(name(owner), one.Count.All, one.Count.Established, one.CloseWait));
        }
        counts.Sort((a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Process.Pid.CompareTo(b.Process.Pid));
        return counts;
    }

    /// <summary>Listeners, the fullest queue first, then the one with most connections.</summary>
    public List<ListenerReading> Listeners(int most, Func<SocketOwner, ProcessInfo> name)
    {
        var top = new Top<Listener>(most);
        foreach (Listener one in _listeners)
            top.Offer(one, one.Weight);
        return [.. top.Items().OrderByDescending(one => one.Weight).ThenBy(one => one.Port).ThenBy(one => one.Netns).ThenBy(one => one.Local)
            .Select(one => new ListenerReading(new Endpoint(Addresses.Of(one.Local), one.Port), one.Netns, one.Owner is { } owner ? name(owner) : null, one.Waiting, one.Backlog, one.Drops, one.Connections))];
    }

    /// <summary>Where most sockets in TIME_WAIT are.</summary>
    public List<TimeWaitCount> TimeWaits(int most)
    {
        var top = new Top<TimeWaitCount>(most);
        foreach (((uint netns, UInt128 local, int port), int count) in _served)
            top.Offer(new TimeWaitCount(netns, Addresses.Of(local), Endpoint.None, port, count), count);
        foreach ((PortsKey key, Ports use) in _outgoing)
        {
            if (use.TimeWait > 0)
                top.Offer(new TimeWaitCount(key.Netns, Addresses.Of(key.From), new Endpoint(Addresses.Of(key.To), key.Port), 0, use.TimeWait), use.TimeWait);
        }
        return [.. top.Items().OrderByDescending(one => one.Count).ThenBy(one => one.Service).ThenBy(one => one.Remote.ToString(), StringComparer.Ordinal)];
    }

    /// <summary>Local ports in use from one address to one destination, the most used first; a single one is not told.</summary>
    public List<LocalPortUse> PortUses(int most, Func<uint, PortRange?> range)
    {
        var top = new Top<(PortsKey Key, Ports Use)>(most);
        foreach ((PortsKey key, Ports use) in _outgoing)
        {
            if (use.Used > 1)
                top.Offer((key, use), use.Used);
        }
        return [.. top.Items().Select(one => new LocalPortUse(one.Key.Netns, Addresses.Of(one.Key.From), new Endpoint(Addresses.Of(one.Key.To), one.Key.Port), one.Use.Used, Math.Min(one.Use.TimeWait, one.Use.Used), range(one.Key.Netns)?.Count ?? 0))
            .OrderByDescending(one => one.Share).ThenByDescending(one => one.Used).ThenBy(one => one.Destination.ToString(), StringComparer.Ordinal)];
    }

    private void Listen(in TcpSocket socket)
    {
        _listening[(socket.Netns, socket.LocalPort)] = _listeners.Count;
        _listeners.Add(new Listener(socket.Netns, socket.LocalAddress, socket.LocalPort, socket.Owner, socket.ReceiveQueue, socket.SendQueue, socket.Memory.Drops));
    }

    private void Hold(SocketOwner owner, bool established, bool closeWait)
    {
        if (owner.Index >= _holders.Length)
            Array.Resize(ref _holders, Math.Max(_holders.Length * 2, owner.Index + 1));
        ref Holder holder = ref _holders[owner.Index];
        holder.Owner = owner;
        holder.Count.Add(established);
        holder.CloseWait += closeWait ? 1 : 0;
    }

    private record struct Count(int All, int Established)
    {
        public void Add(bool established)
        {
            All++;
            Established += established ? 1 : 0;
        }
    }

    private record struct Ports(int Used, int TimeWait);

    private struct Holder
    {
        public SocketOwner? Owner;
        public Count Count;
        public int CloseWait;
    }

    private record struct Listener(uint Netns, UInt128 Local, int Port, SocketOwner? Owner, long Waiting, long Backlog, long Drops)
    {
        public int Connections { get; set; }

        /// <summary>The share of the queue in millionths before the connections.</summary>
        public readonly long Weight => ((Backlog > 0 ? Waiting * 1_000_000 / Backlog : 0) << 24) + Connections;
    }

    private readonly record struct PortsKey(uint Netns, UInt128 From, UInt128 To, int Port)
    {
        // Called for every connection: the last bits of the addresses are those that differ.
        public override int GetHashCode() => (int)(((((ulong)From * 31) + (ulong)To) * 0x9E37_79B9_7F4A_7C15 >> 32) ^ ((uint)Port * 0x85EB_CA6B) ^ Netns);
    }
}
