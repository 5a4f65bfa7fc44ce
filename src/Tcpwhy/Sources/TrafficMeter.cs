using System.Net;
using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using KernelTraffic = Tcpwhy.Kernel.Bpf.Traffic;

namespace Tcpwhy.Sources;

/// <summary>Reads what the programs counted instead of sending it: healthy connections, and events that found the ring full.</summary>
internal sealed class TrafficMeter(Watch watch, ProcFs proc)
{
    private const int MostFlows = 1000;
    private readonly HashSet<int> _relays = [];
    private ulong _misses;
    private readonly ulong[] _before = new ulong[Enum.GetValues<Counter>().Length];

    /// <summary>Events that the programs handed over so far.</summary>
    public ulong Events => BpfMap.Sum(watch.Counters, (uint)Counter.Events);

    /// <summary>Events lost since the last call, for want of room in the ring.</summary>
    public long Lost() => Moved(Counter.Lost);

    /// <summary>Events missed since the last call: a program was interrupted at work, and does not run inside itself.</summary>
    public long Missed()
    {
        ulong now = watch.Misses();
        long missed = (long)(now - _misses);
        _misses = now;
        return missed;
    }

    /// <summary>What was counted since the last call; the flows, of the whole time, only when <paramref name="flows"/> are asked for.</summary>
    public TrafficCounted Read(DateTimeOffset now, bool flows) => new()
    {
        Time = now,
        Opened = Moved(Counter.Opened),
        Accepted = Moved(Counter.Accepted),
        ClosedNormally = Moved(Counter.Closed),
        Failed = Moved(Counter.Failed),
        Retransmits = Moved(Counter.Retransmits),
        SynRetransmits = Moved(Counter.RetransmitsSyn),
        FastRetransmits = Moved(Counter.RetransmitsFast),
        TimeoutRetransmits = Moved(Counter.RetransmitsTimeout),
        TailProbes = Moved(Counter.RetransmitsTail),
        Flows = flows ? [.. Flows()] : [],
        Relays = Relays(),
    };

    private long Moved(Counter counter)
    {
        ulong now = BpfMap.Sum(watch.Counters, (uint)counter);
        long moved = (long)(now - _before[(int)counter]);
        _before[(int)counter] = now;
        return moved;
    }

    private RelayProcess[] Relays()
    {
        List<RelayProcess>? found = null;
        BpfMap.ForEach<uint, byte>(watch.Relays, 1024, (key, _) =>
        {
            int pid = (int)key;
            if (_relays.Add(pid) && ProcessEntry.Read(proc, pid) is { } entry && proc.NetworkNamespace(pid) is { } netns)
                (found ??= []).Add(new RelayProcess(new ProcessInfo(pid, entry.Comm) { Container = entry.Container }, netns));
        });
        return found is null ? [] : [.. found];
    }

    /// <summary>The busiest flows so far, the one with most connections first.</summary>
    public IReadOnlyList<TrafficFlow> Flows()
    {
        List<TrafficFlow> flows = [];
        BpfMap.ForEach<TrafficKey, KernelTraffic>(watch.Traffic, 16384, (key, traffic) => flows.Add(new TrafficFlow(
            key.pid == 0 ? null : new ProcessInfo((int)key.pid, KernelEvents.Comm(traffic.comm)),
            key.netns,
            key.family == 2 ? new IPAddress(((ReadOnlySpan<byte>)key.remote)[..4]) : new IPAddress(key.remote),
            key.port,
            (Opener)key.opener,
            (long)traffic.closed,
            // Sequence numbers count the opener's SYN and each FIN as a byte.
            Math.Max((long)(traffic.bytes_sent - traffic.closed * (key.opener == (byte)Opener.Local ? 2u : 1u)), 0),
            Math.Max((long)(traffic.bytes_received - traffic.closed), 0),
            Median(traffic.lifetimes),
            traffic.last_ns > traffic.first_ns ? TimeSpan.FromMicroseconds((traffic.last_ns - traffic.first_ns) / 1000) : TimeSpan.Zero)));
        return [.. flows.OrderByDescending(flow => flow.Closed).Take(MostFlows)];
    }

    /// <summary>The middle of the bucket that holds the median life.</summary>
    private static TimeSpan Median(ReadOnlySpan<ulong> buckets)
    {
        ulong total = 0, seen = 0;
        foreach (ulong count in buckets)
            total += count;
        for (int bucket = 0; bucket < buckets.Length; bucket++)
        {
            seen += buckets[bucket];
            if (total > 0 && seen * 2 >= total)
                return TimeSpan.FromMicroseconds(1.5 * (1L << bucket) * 65.536);
        }
        return TimeSpan.Zero;
    }
}
