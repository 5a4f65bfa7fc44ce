using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Readings;

/// <summary>How far the kernel's counters moved between two readings, summed over the namespaces that there were at both.</summary>
internal sealed class CounterMeter(ProcFs proc, TimeProvider time)
{
    private const int MostNamespaces = 64;
    private static readonly TimeSpan Rediscover = TimeSpan.FromSeconds(8);
    private readonly Dictionary<uint, Dictionary<string, long>> _before = [];
    private List<NetworkNamespace> _namespaces = [];
    private long? _discovered;

    /// <summary>What moved since the last call; null at the first one.</summary>
    public SortedDictionary<string, long>? Read()
    {
        bool first = _discovered is null;
        if (_discovered is not { } last || time.GetElapsedTime(last) > Rediscover)
            Discover();
        SortedDictionary<string, long> moved = new(StringComparer.Ordinal);
        foreach (NetworkNamespace one in _namespaces)
        {
            if (Counters(one) is not { Count: > 0 } now)
            {
                _before.Remove(one.Inode);
                continue;
            }
            if (_before.TryGetValue(one.Inode, out Dictionary<string, long>? before))
                Add(moved, before, now);
            _before[one.Inode] = now;
        }
        return first ? null : moved;
    }

    /// <summary>The rates that the counters make over a time.</summary>
    public static TcpRates Rates(IReadOnlyDictionary<string, long> moved, TimeSpan interval)
    {
        double PerSecond(string name) => moved.GetValueOrDefault(name) / interval.TotalSeconds;
        return new TcpRates
        {
            Opened = PerSecond("TcpActiveOpens"),
            Accepted = PerSecond("TcpPassiveOpens"),
            AttemptsFailed = PerSecond("TcpAttemptFails"),
            Reset = PerSecond("TcpEstabResets"),
            ResetsSent = PerSecond("TcpOutRsts"),
            SegmentsIn = PerSecond("TcpInSegs"),
            SegmentsOut = PerSecond("TcpOutSegs"),
            Retransmitted = PerSecond("TcpRetransSegs"),
            TimedOut = PerSecond("TcpExtTCPAbortOnTimeout"),
            ListenDrops = PerSecond("TcpExtListenDrops"),
        };
    }

    private static void Add(SortedDictionary<string, long> moved, Dictionary<string, long> before, Dictionary<string, long> now)
    {
        foreach ((string name, long value) in now)
        {
            // A gauge that counts neither up nor down: it may be lower than before.
            if (name is "TcpCurrEstab" or "TcpMaxConn" || !before.TryGetValue(name, out long was) || value == was)
                continue;
            moved[name] = moved.GetValueOrDefault(name) + value - was;
        }
    }

    private void Discover()
    {
        _discovered = time.GetTimestamp();
        uint? own = proc.OwnNetworkNamespace();
        // Of more than are read ours comes first, and then those in which somebody lives.
        _namespaces = [.. NetworkNamespace.List(proc).OrderByDescending(one => one.Inode == own).ThenByDescending(one => one.Pid is not null).Take(MostNamespaces)];
        foreach (uint gone in _before.Keys.Except(_namespaces.Select(one => one.Inode)).ToList())
            _before.Remove(gone);
    }

    private Dictionary<string, long>? Counters(NetworkNamespace one)
    {
        try
        {
            // Through a process that lives there a plain read does; entering costs a thread.
            if (one.Pid is { } pid && NetCounters.Read(proc, pid) is { Count: > 0 } counters)
                return counters;
            return one.Run(() => NetCounters.Read(proc));
        }
        catch (KernelException)
        {
            return null; // it is gone, or closed to us
        }
    }
}
