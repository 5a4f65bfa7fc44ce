using System.Text.Json.Serialization;
using Tcpwhy.Model;
using Tcpwhy.Readings;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>A reading as <c>tcpwhy.summary/1</c>: see docs/schemas/summary.json.</summary>
internal sealed record SummaryJson(
    string Schema,
    DateTimeOffset Time,
    double IntervalSeconds,
    string Source,
    int Connections,
    IReadOnlyDictionary<string, int> States,
    IReadOnlyList<PortJson> LocalPorts,
    IReadOnlyList<PeerJson> Peers,
    IReadOnlyList<HolderJson> Processes,
    IReadOnlyList<ContainerJson> Containers,
    int ListenerCount,
    IReadOnlyList<ListenerJson> Listeners,
    IReadOnlyList<TimeWaitJson> TimeWait,
    IReadOnlyList<LocalPortUseJson> LocalPortUse,
    KernelCountsJson? Kernel,
    TcpRatesJson? PerSecond,
    IReadOnlyDictionary<string, long> Counters,
    IReadOnlyList<InterfaceJson> Interfaces,
    IReadOnlyList<GaugeJson> Limits,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyList<double>? LoadAverage,
    UnseenJson Unseen,
    IReadOnlyList<WarningJson> Warnings)
{
    /// <summary>Connections counted by the watching engine; absent where nothing watches.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReadingTrafficJson? Traffic { get; init; }

    public static SummaryJson Of(Reading reading, IReadOnlyList<Warning> warnings, Screen screen) => new(
        "tcpwhy.summary/1",
        reading.Time,
        Math.Round(reading.Interval.TotalSeconds, 6),
        reading.Source,
        reading.Connections,
        new SortedDictionary<string, int>(reading.States.ToDictionary(one => SocketWords.Of(one.State), one => one.Count), StringComparer.Ordinal),
        [.. reading.LocalPorts.Select(one => new PortJson(one.Port, one.Count, one.Established, ListenerProcessJson.Of(one.Process)))],
        [.. reading.Peers.Select(one => new PeerJson(one.Address.ToString(), one.Count, one.Established))],
        [.. reading.Processes.Select(one => new HolderJson(one.Process.Pid, one.Process.Comm, one.Process.Container, one.Count, one.Established, one.CloseWait))],
        [.. reading.Containers.Select(one => new ContainerJson(one.Container, one.Count, one.Established))],
        reading.ListenerCount,
        [.. reading.Listeners.Select(ListenerJson.Of)],
        [.. reading.TimeWaits.Select(one => new TimeWaitJson(one.Netns, one.Local.ToString(), one.Service != 0 ? null : one.Remote.ToString(), one.Service != 0 ? one.Service : null, one.Count))],
        [.. reading.PortUses.Select(one => new LocalPortUseJson(one.Netns, one.Source.ToString(), one.Destination.ToString(), one.Used, one.TimeWait, one.Available, Math.Round(one.Share, 4)))],
        KernelCountsJson.Of(reading.Kernel),
        TcpRatesJson.Of(reading.Rates),
        reading.Moved,
        [.. reading.Interfaces.Select(InterfaceJson.Of)],
        [.. reading.Limits.Select(GaugeJson.Of)],
        reading.Settings,
        reading.Load is { } load ? [load.One, load.Five, load.Fifteen] : null,
        new UnseenJson(reading.Unseen.Namespaces, reading.Unseen.Processes),
        [.. warnings.Select(one => new WarningJson(WarningWords.Code(one), one.Subject, Math.Round(one.Value, 6), one.Threshold, WarningText.Of(one, screen)))])
    {
        Traffic = reading.Traffic is { } traffic ? new ReadingTrafficJson(traffic.Opened, traffic.ClosedNormally, traffic.Failed, traffic.Retransmits, Math.Round(traffic.ErrorShare, 6)) : null,
    };
}

/// <summary>Connections on a local port.</summary>
internal sealed record PortJson(int Port, int Connections, int Established, ListenerProcessJson? Process);

/// <summary>Connections with an address.</summary>
internal sealed record PeerJson(string Address, int Connections, int Established);

/// <summary>Connections of a process.</summary>
internal sealed record HolderJson(int Pid, string Comm, string? Container, int Connections, int Established, int CloseWait);

/// <summary>Connections of a container.</summary>
internal sealed record ContainerJson(string Container, int Connections, int Established);

/// <summary>Who listens.</summary>
internal sealed record ListenerProcessJson(int Pid, string Comm, string? Container)
{
    public static ListenerProcessJson? Of(ProcessInfo? process) => process is null ? null : new ListenerProcessJson(process.Pid, process.Comm, process.Container);
}

/// <summary>A listener and its queue.</summary>
internal sealed record ListenerJson(string Local, uint Netns, ListenerProcessJson? Process, long Waiting, long Backlog, double Share, long Dropped, int Connections)
{
    public static ListenerJson Of(ListenerReading one) =>
        new(one.Local.ToString(), one.Netns, ListenerProcessJson.Of(one.Process), one.Waiting, one.Backlog, Math.Round(one.Share, 4), one.Drops, one.Connections);
}

/// <summary>Where TIME_WAIT is: towards a destination, or on a port of ours.</summary>
internal sealed record TimeWaitJson(uint Netns, string Local, string? Destination, int? Service, int Count);

/// <summary>Local ports in use from one address to one destination.</summary>
internal sealed record LocalPortUseJson(uint Netns, string Source, string Destination, int Used, int TimeWait, int Available, double Share);

/// <summary>The kernel's own counts.</summary>
internal sealed record KernelCountsJson(long InUse, long Orphans, long OrphanLimit, long TimeWait, long TimeWaitLimit, long Allocated, long MemoryPages, long MemoryPressurePages, long MemoryLimitPages)
{
    public static KernelCountsJson? Of(KernelCounts? kernel) => kernel is null ? null
        : new KernelCountsJson(kernel.InUse, kernel.Orphans, kernel.OrphanLimit, kernel.TimeWait, kernel.TimeWaitLimit, kernel.Allocated, kernel.MemoryPages, kernel.MemoryPressurePages, kernel.MemoryLimitPages);
}

/// <summary>What happens per second.</summary>
internal sealed record TcpRatesJson(double Opened, double Accepted, double AttemptsFailed, double Reset, double ResetsSent, double SegmentsIn, double SegmentsOut, double Retransmitted, double TimedOut, double ListenDrops, double RetransmitShare)
{
    public static TcpRatesJson? Of(TcpRates? rates) => rates is null ? null
        : new TcpRatesJson(Math.Round(rates.Opened, 3), Math.Round(rates.Accepted, 3), Math.Round(rates.AttemptsFailed, 3), Math.Round(rates.Reset, 3), Math.Round(rates.ResetsSent, 3), Math.Round(rates.SegmentsIn, 3),
            Math.Round(rates.SegmentsOut, 3), Math.Round(rates.Retransmitted, 3), Math.Round(rates.TimedOut, 3), Math.Round(rates.ListenDrops, 3), Math.Round(rates.RetransmitShare, 6));
}

/// <summary>An interface.</summary>
internal sealed record InterfaceJson(string Name, long ReceivedBytes, long SentBytes, long ReceiveErrors, long ReceiveDrops, long SendErrors, long SendDrops, double ReceivedBytesPerSecond, double SentBytesPerSecond)
{
    public static InterfaceJson Of(InterfaceReading one) => new(one.Name, one.ReceivedBytes, one.SentBytes, one.ReceiveErrors, one.ReceiveDrops, one.SendErrors, one.SendDrops,
        Math.Round(one.ReceivedBytesPerSecond, 1), Math.Round(one.SentBytesPerSecond, 1));
}

/// <summary>What watching counted in the interval.</summary>
internal sealed record ReadingTrafficJson(long Opened, long ClosedNormally, long Failed, long Retransmits, double ErrorShare);

/// <summary>One thing over its threshold or near a limit, with the sentence that says so.</summary>
internal sealed record WarningJson(string Kind, string Subject, double Value, double Threshold, string Text);
