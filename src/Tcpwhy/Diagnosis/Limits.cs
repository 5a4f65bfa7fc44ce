using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>Which limits of the kernel's were near, and what was turned away there: no connection tells of them.</summary>
public sealed class Limits
{
    public const string Conntrack = "net.netfilter.nf_conntrack_max", Memory = "net.ipv4.tcp_mem", Orphans = "net.ipv4.tcp_max_orphans";

    /// <summary>Moves when the kernel begins to save memory of TCP's.</summary>
    public const string Pressure = "TcpExtTCPMemoryPressures";

    /// <summary>A SYN is repeated for 131 s: so long, in seconds, readings are remembered.</summary>
    private const int MostReadings = 150;

    /// <summary>Entries that time out make room between the drop and the reading.</summary>
    private const double AsGoodAsFull = 0.98;

    private const int Most = 10_000;

    /// <summary>Of many drops in a row the limit behind them is read once.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(uint Netns, string Setting), List<LimitRead>> _readings = [];
    private readonly Dictionary<uint, List<(DateTimeOffset Second, int Segments)>> _filtered = [];
    private readonly Dictionary<uint, int> _lateFins = [];
    private readonly List<(DateTimeOffset Time, long Times)> _pressures = [];
    private readonly HashSet<(uint Netns, Endpoint Destination)> _ranOut = [];

    /// <summary>Takes in a reading.</summary>
    internal void Observe(LimitRead read)
    {
        if (!_readings.TryGetValue((read.Netns, read.Setting), out List<LimitRead>? readings))
            _readings[(read.Netns, read.Setting)] = readings = [];
        if (readings.Count == MostReadings)
            readings.RemoveAt(0);
        readings.Add(read);
    }

    /// <summary>Takes in that a namespace's counters moved: which one counts a shortage of the whole host is a matter of chance.</summary>
    internal void Observe(CountersRead read)
    {
        if (read.Moved.GetValueOrDefault(Pressure) is not (> 0 and var times))
            return;
        if (_pressures.Count == MostReadings)
            _pressures.RemoveAt(0);
        _pressures.Add((read.Time, times));
    }

    /// <summary>Takes in a segment that a packet filter dropped: a rule of it, or connection tracking.</summary>
    internal void Observe(Dropped dropped)
    {
        if (!_filtered.TryGetValue(dropped.Netns, out List<(DateTimeOffset Second, int Segments)>? seconds))
            _filtered[dropped.Netns] = seconds = [];
        if (seconds is [.., var last] && dropped.Time - last.Second < TimeSpan.FromSeconds(1))
        {
            seconds[^1] = (last.Second, last.Segments + 1);
            return;
        }
        if (seconds.Count == MostReadings)
            seconds.RemoveAt(0);
        seconds.Add((dropped.Time, 1));
    }

    /// <summary>Takes in a reset that answers a segment without a socket: a FIN is that of a peer whose connection this host had closed, and no longer knows.</summary>
    internal void Observe(ResetSent refusal)
    {
        if (refusal is { Socket: 0, Answers: var met } && met.HasFlag(TcpFlags.Fin))
            _lateFins[refusal.Netns] = _lateFins.GetValueOrDefault(refusal.Netns) + 1;
    }

    /// <summary>Remembers that no local port was left towards a destination.</summary>
    internal void PortsRanOut(uint netns, Endpoint destination)
    {
        if (_ranOut.Count >= Most)
            _ranOut.Clear(); // a bound; each further attempt says so again
        _ranOut.Add((netns, destination));
    }

    /// <summary>Whether connecting to a destination failed for want of a local port.</summary>
    public bool DidPortsRunOut(uint netns, Endpoint destination) => _ranOut.Contains((netns, destination));

    /// <summary>The fullest reading of a limit since then, or null when it was not near; <paramref name="netns"/> is 0 for those of the host.</summary>
    public LimitRead? Fullest(uint netns, string setting, DateTimeOffset since) =>
        _readings.TryGetValue((netns, setting), out List<LimitRead>? readings) ? readings.Where(read => read.Time >= since).MaxBy(read => (double)read.Used / Math.Max(read.Refuses, 1)) : null;

    /// <summary>How many segments packet filters of a namespace dropped since then, to a second.</summary>
    public int Filtered(uint netns, DateTimeOffset since) =>
        _filtered.TryGetValue(netns, out List<(DateTimeOffset Second, int Segments)>? seconds) ? seconds.Where(second => second.Second >= since - TimeSpan.FromSeconds(1)).Sum(second => second.Segments) : 0;

    /// <summary>How often the kernel began to save memory of TCP's since then; counters are read once a second.</summary>
    public long Pressures(DateTimeOffset since) => _pressures.Where(one => one.Time >= since).Sum(one => one.Times);

    /// <summary>Whether the host's TCP was short of memory after a time: it began to save, or saved all the while.</summary>
    public bool IsShortOfMemory(DateTimeOffset since) => Pressures(since) > 0 || Fullest(0, Memory, since) is { } memory && memory.Used >= memory.Saves;

    /// <summary>How many FINs met no socket in a namespace.</summary>
    public int LateFins(uint netns) => _lateFins.GetValueOrDefault(netns);

    /// <summary>Whether a segment was dropped that only a limit explains, though neither of its ends is on this host.</summary>
    internal bool TurnedAway(Case open) => open.Drops.Exists(drop => drop.Reason switch
    {
        "NETFILTER_DROP" => FullTable(drop) is not null,
        "PROTO_MEM" => IsShortOfMemory(drop.Time - Reach),
        _ => false,
    });

    /// <summary>The reading that shows that connection tracking had no room where a packet filter dropped a segment, or null.</summary>
    public LimitRead? FullTable(Dropped dropped) =>
        Fullest(dropped.Netns, Conntrack, dropped.Time - Reach) is { } table && table.Used >= table.Refuses * AsGoodAsFull ? table : null;
}
