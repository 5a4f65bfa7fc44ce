using System.Net;
using System.Runtime.InteropServices;
using Tcpwhy.Filtering;
using Tcpwhy.Model;

namespace Tcpwhy.Pools;

/// <summary>Folds samples of all sockets into pools: outgoing connections by process and destination. Pure: what it knows of time stands in the samples.</summary>
public sealed class PoolObserver
{
    // A client that comes back to a server whose listener is gone leaves a few: they are no pool of ours.
    private const int ManyTraces = 10;

    private readonly Dictionary<ConnectionEnds, Tracked> _connections = [];
    private readonly Dictionary<PoolKey, PoolTrack> _pools = [];
    private readonly HashSet<(uint Netns, int Port)> _listening = [];
    private readonly HashSet<ConnectionEnds> _strangers = [];
    private readonly Dictionary<Destination, (long Count, long Chosen)> _traces = [];
    private Dictionary<Destination, int> _ports = [];
    private TimeSpan _longestBetween;
    private TimeSpan? _last;
    private TimeSpan _first;
    private int _samples;

    /// <summary>From the first sample to the last.</summary>
    public TimeSpan Window => (_last ?? _first) - _first;

    /// <summary>How many samples were taken.</summary>
    public int Samples => _samples;

    /// <summary>Takes the next sample; they come in the order of time.</summary>
    public void Observe(PoolSample sample)
    {
        bool isFirst = _samples++ == 0;
        if (isFirst)
            _first = sample.At;
        TimeSpan interval = isFirst ? TimeSpan.FromSeconds(1) : sample.At - _last!.Value;
        _longestBetween = isFirst || interval < _longestBetween ? _longestBetween : interval;
        foreach (PoolSocket socket in sample.Sockets)
        {
            if (socket.State == TcpState.Listen)
                _listening.Add((socket.Ends.Netns, socket.Ends.LocalPort));
        }
        Dictionary<int, int> asked = [];
        Dictionary<(uint Netns, UInt128 Local, UInt128 Remote, int Port), int> ports = [];
        foreach (PoolTrack pool in _pools.Values)
            pool.Connecting = 0;
        foreach (PoolSocket socket in sample.Sockets)
        {
            if (socket.State == TcpState.Listen)
                continue;
            if (_listening.Contains((socket.Ends.Netns, socket.Ends.LocalPort)))
            {
                if (socket.State == TcpState.Established && socket.IsAsked)
                    CollectionsMarshal.GetValueRefOrAddDefault(asked, socket.Pid, out _)++;
                continue;
            }
            CollectionsMarshal.GetValueRefOrAddDefault(ports, (socket.Ends.Netns, socket.Ends.Local, socket.Ends.Remote, socket.Ends.RemotePort), out _)++;
            See(socket, sample.At, interval, isFirst);
        }
        foreach ((ConnectionEnds ends, Tracked one) in _connections.Where(pair => pair.Value.Sample != _samples).ToList())
        {
            one.Connection.Vanish(sample.At);
            _connections.Remove(ends);
        }
        _ports = [];
        foreach (((uint netns, _, UInt128 remote, int port), int count) in ports)
        {
            ref int most = ref CollectionsMarshal.GetValueRefOrAddDefault(_ports, new Destination(netns, remote, port), out _);
            most = Math.Max(most, count);
        }
        foreach (PoolTrack pool in _pools.Values)
            pool.Settle(sample.At, pool.Key.Pid == 0 ? 0 : asked.GetValueOrDefault(pool.Key.Pid), _ports.GetValueOrDefault(pool.Key.Destination));
        _last = sample.At;
    }

    /// <summary>Takes what the kernel counted of connections that closed in the window, also those that no sample saw.</summary>
    public void Count(IEnumerable<TrafficFlow> flows, Filter filter)
    {
        foreach (PoolTrack pool in _pools.Values)
            pool.ClosedInKernel = 0;
        foreach (TrafficFlow flow in flows)
        {
            if (flow.Opener == Opener.Local)
                CloseInKernel(flow.Netns, flow.Process, flow.Remote, flow.Port, flow.Closed, flow.MedianLifetime, filter);
        }
    }

    /// <summary>Takes an end that the kernel called no clean one: a reset closes a connection, too.</summary>
    public void Count(StateChanged end, Filter filter)
    {
        if (end.To == TcpState.Closed && end.From is not (TcpState.SynSent or TcpState.Listen or TcpState.NewSynReceived or TcpState.SynReceived)
            && !_listening.Contains((end.Netns, end.Local.Port)))
            CloseInKernel(end.Netns, end.Process, end.Remote.Address, end.Remote.Port, 1, null, filter);
    }

    /// <summary>What the samples add up to.</summary>
    /// <param name="portRange">How many local ports a namespace has for outgoing connections.</param>
    /// <param name="ownersKnown">Whether every process could be looked at: a socket without one was then too young to have been found in its process.</param>
    public IReadOnlyList<Pool> Conclude(Func<uint, PortRange?> portRange, bool ownersKnown)
    {
        if (ownersKnown)
            Adopt();
        Attribute();
        return [.. _pools.Values.Where(pool => pool.Open.Count + pool.Closed.Count > 0 || pool.ClosedInKernel > 0)
            .Concat(OfNobody())
            .Select(pool => PoolSum.Of(pool, Window, portRange(pool.Key.Netns)))];
    }

    private void See(in PoolSocket socket, TimeSpan at, TimeSpan interval, bool isFirst)
    {
        if (_connections.TryGetValue(socket.Ends, out Tracked? known))
        {
            // The same ends with another inode: the port was used again at once.
            if (socket.Inode == 0 || known.Connection.Inode == 0 || socket.Inode == known.Connection.Inode)
            {
                if (socket.Pid != 0 && socket.Pid != known.Pool.Key.Pid)
                    known.Pool = Move(known, socket.Pid);
                known.Connection.See(socket, at);
                known.Sample = _samples;
                known.Pool.Connecting += socket.State == TcpState.SynSent ? 1 : 0;
                return;
            }
            known.Connection.Vanish(at);
            _connections.Remove(socket.Ends);
        }
        if (socket.State is not (TcpState.Established or TcpState.CloseWait or TcpState.SynSent))
        {
            // Its end alone was seen: opened and closed since the sample before.
            if (socket.Inode == 0 && _strangers.Add(socket.Ends) && !isFirst)
            {
                ref (long Count, long Chosen) traces = ref CollectionsMarshal.GetValueRefOrAddDefault(_traces, new Destination(socket.Ends.Netns, socket.Ends.Remote, socket.Ends.RemotePort), out _);
                traces = (traces.Count + 1, traces.Chosen + (socket.Chosen ? 1 : 0));
            }
            return;
        }
        if (!socket.Chosen)
            return;
        PoolTrack pool = PoolOf(new PoolKey(socket.Ends.Netns, socket.Pid, socket.Ends.Remote, socket.Ends.RemotePort));
        if (socket.State == TcpState.SynSent)
        {
            pool.Connecting++;
            return;
        }
        var connection = new PooledConnection(socket, at, bornInWindow: !isFirst);
        connection.Begin(interval);
        pool.Open.Add(connection);
        _connections[socket.Ends] = new Tracked(pool, connection) { Sample = _samples };
    }


    /// <summary>Processes are looked at before sockets: one that is opened meanwhile has no process in this sample, or that of a closed one whose memory it took over.</summary>
    private PoolTrack Move(Tracked known, int pid)
    {
        PoolTrack pool = PoolOf(known.Pool.Key with { Pid = pid });
        known.Pool.Open.Remove(known.Connection);
        pool.Open.Add(known.Connection);
        return pool;
    }

    /// <summary>Gives connections whose process was never found to the process that opens most of those to their destination.</summary>
    private void Adopt()
    {
        ILookup<Destination, PoolTrack> pools = _pools.Values.ToLookup(pool => pool.Key.Destination);
        foreach (PoolTrack orphans in _pools.Values.Where(pool => pool.Key.Pid == 0 || IsMistaken(pool)).ToList())
        {
            PoolTrack? owner = pools[orphans.Key.Destination].Where(pool => pool.Key.Pid != 0 && pool != orphans && !IsMistaken(pool))
                .MaxBy(pool => Math.Max(pool.ClosedInKernel ?? 0, pool.Closed.Count));
            if (owner is null || (orphans.Key.Pid != 0 && owner.ClosedInKernel is null or 0))
                continue;
            owner.Open.AddRange(orphans.Open);
            owner.Closed.AddRange(orphans.Closed);
            if (orphans.ClosedInKernel is { } closed)
                owner.ClosedInKernel = (owner.ClosedInKernel ?? 0) + closed;
            _pools.Remove(orphans.Key);
        }
    }

    /// <summary>Whether all its connections closed, and the kernel knows of none that this process closed: see <see cref="Move"/>.</summary>
    private static bool IsMistaken(PoolTrack pool) => pool is { ClosedInKernel: 0, Open.Count: 0, Closed.Count: > 0 };

    /// <summary>Gives traces of connections without a process to the pools of their destination, by the share that each has.</summary>
    private void Attribute()
    {
        ILookup<Destination, PoolTrack> pools = _pools.Values.ToLookup(pool => pool.Key.Destination);
        foreach ((Destination destination, (long count, _)) in _traces)
        {
            // What the kernel counted is the truth.
            PoolTrack[] candidates = [.. pools[destination].Where(pool => pool.ClosedInKernel is null)];
            double all = candidates.Sum(pool => pool.Closed.Count + 1);
            foreach (PoolTrack pool in candidates)
            {
                pool.Unseen = (long)Math.Round(count * (pool.Closed.Count + 1) / all);
                pool.LongestUnseen = _longestBetween;
            }
        }
    }

    /// <summary>Many traces that belong to no pool are one of a process that was not seen: until a later sample finds it, so it is not kept.</summary>
    private IEnumerable<PoolTrack> OfNobody()
    {
        HashSet<Destination> known = [.. _pools.Keys.Select(key => key.Destination)];
        foreach ((Destination destination, (long count, long chosen)) in _traces)
        {
            if (chosen < ManyTraces || known.Contains(destination))
                continue;
            var pool = new PoolTrack(new PoolKey(destination.Netns, 0, destination.Remote, destination.Port)) { Unseen = count, LongestUnseen = _longestBetween };
            pool.Settle(_last ?? _first, 0, _ports.GetValueOrDefault(destination));
            yield return pool;
        }
    }

    private void CloseInKernel(uint netns, ProcessInfo? process, IPAddress remote, int port, long closed, TimeSpan? median, Filter filter)
    {
        UInt128 address = FilterSubject.BitsOf(remote);
        var key = new PoolKey(netns, process?.Pid ?? 0, address, port);
        if (!_pools.TryGetValue(key, out PoolTrack? pool))
        {
            // An owner that the kernel forgot is the only one that there is.
            PoolTrack[] others = process is null ? [.. _pools.Values.Where(one => one.Key.Destination == key.Destination).Take(2)] : [];
            if (others.Length == 1)
                pool = others[0];
            else if (process is null || !filter.Matches(SubjectOf(key, process)))
                return;
            else
                pool = PoolOf(key);
        }
        pool.ClosedInKernel = (pool.ClosedInKernel ?? 0) + closed;
        pool.MedianLifetime ??= median;
    }

    private static FilterSubject SubjectOf(PoolKey key, ProcessInfo process) => new()
    {
        State = TcpState.Established,
        Remote = key.Remote,
        RemotePort = key.Port,
        Pid = key.Pid,
        Comm = System.Text.Encoding.UTF8.GetBytes(process.Comm),
        Netns = key.Netns,
        Container = process.Container,
    };

    private PoolTrack PoolOf(PoolKey key)
    {
        ref PoolTrack? pool = ref CollectionsMarshal.GetValueRefOrAddDefault(_pools, key, out _);
        return pool ??= new PoolTrack(key);
    }

    private sealed class Tracked(PoolTrack pool, PooledConnection connection)
    {
        public PoolTrack Pool { get; set; } = pool;
        public PooledConnection Connection => connection;
        public int Sample { get; set; }
    }
}

/// <summary>Local ports that a namespace has for outgoing connections.</summary>
/// <param name="Count">How many, to each destination from each address.</param>
/// <param name="Reused">Whether a port in TIME_WAIT is used again after a second (net.ipv4.tcp_tw_reuse = 1).</param>
public readonly record struct PortRange(int Count, bool Reused)
{
    /// <summary>The range's first and last port.</summary>
    public int Low { get; init; }
    public int High { get; init; }
}
