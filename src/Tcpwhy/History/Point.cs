using System.Text.Json;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Tuning;
using Tcpwhy.Watching;

namespace Tcpwhy.History;

/// <summary>One span of history: an interval of watching, or a minute or an hour of such.</summary>
public sealed record Point
{
    private static readonly TcpState[] States = [.. Enum.GetValues<TcpState>().Except([TcpState.Unknown, TcpState.Closed])];

    public required DateTimeOffset Start { get; init; }
    public required DateTimeOffset End { get; init; }

    /// <summary>How many readings it stands for.</summary>
    public required int Readings { get; init; }

    /// <summary>How much of the time from start to end was watched; less where watching paused.</summary>
    public required TimeSpan Watched { get; init; }

    /// <summary>Quantities of the readings by name: connections, state.time_wait, limit.local_ports (a share), load_1m, opened_per_second …</summary>
    public required IReadOnlyDictionary<string, Extent> Values { get; init; }

    /// <summary>How many connections broke, by cause; what is normal life is counted as closed normally.</summary>
    public required IReadOnlyDictionary<string, long> FailuresByCause { get; init; }

    public long Opened { get; init; }
    public long ClosedNormally { get; init; }
    public long Failed { get; init; }
    public long Retransmits { get; init; }
    public long Events { get; init; }

    /// <summary>Events that the kernel could not hand over.</summary>
    public long Lost { get; init; }

    /// <summary>Broken connections that are counted here, but could not be kept one by one.</summary>
    public long Unkept { get; init; }
    public double CpuSeconds { get; init; }
    public long PeakMemoryBytes { get; init; }

    /// <summary>The last reading of the span, whole.</summary>
    public required Reading Last { get; init; }

    /// <summary>The point that a tick makes.</summary>
    public static Point Of(Tick tick)
    {
        TrafficReading traffic = tick.Reading.Traffic ?? new TrafficReading(0, 0, 0, 0);
        Dictionary<string, long> causes = [];
        foreach (Finding finding in tick.Findings)
        {
            if (finding.Severity > Severity.Info)
                causes[finding.Cause] = causes.GetValueOrDefault(finding.Cause) + finding.Count;
        }
        return new Point
        {
            Start = tick.Start,
            End = tick.End,
            Readings = 1,
            Watched = tick.End - tick.Start,
            Values = ValuesOf(tick.Reading, traffic, tick.End - tick.Start),
            FailuresByCause = causes,
            Opened = traffic.Opened,
            ClosedNormally = traffic.ClosedNormally,
            Failed = traffic.Failed,
            Retransmits = traffic.Retransmits,
            Events = tick.Events,
            Lost = tick.Lost,
            CpuSeconds = tick.Cpu.TotalSeconds,
            PeakMemoryBytes = tick.PeakMemoryBytes,
            Last = tick.Reading,
        };
    }

    /// <summary>One point for several, which stand in the order of their time.</summary>
    public static Point Over(IReadOnlyList<Point> parts)
    {
        Dictionary<string, (Extent Extent, int Readings)> values = [];
        Dictionary<string, long> causes = [];
        foreach (Point part in parts)
        {
            foreach ((string name, Extent extent) in part.Values)
            {
                values[name] = values.TryGetValue(name, out var before)
                    ? (Extent.Over(before.Extent, before.Readings, extent, part.Readings), before.Readings + part.Readings)
                    : (extent, part.Readings);
            }
            foreach ((string cause, long count) in part.FailuresByCause)
                causes[cause] = causes.GetValueOrDefault(cause) + count;
        }
        return new Point
        {
            Start = parts[0].Start,
            End = parts[^1].End,
            Readings = parts.Sum(part => part.Readings),
            Watched = parts.Aggregate(TimeSpan.Zero, (sum, part) => sum + part.Watched),
            Values = values.ToDictionary(entry => entry.Key, entry => entry.Value.Extent),
            FailuresByCause = causes,
            Opened = parts.Sum(part => part.Opened),
            ClosedNormally = parts.Sum(part => part.ClosedNormally),
            Failed = parts.Sum(part => part.Failed),
            Retransmits = parts.Sum(part => part.Retransmits),
            Events = parts.Sum(part => part.Events),
            Lost = parts.Sum(part => part.Lost),
            Unkept = parts.Sum(part => part.Unkept),
            CpuSeconds = parts.Sum(part => part.CpuSeconds),
            PeakMemoryBytes = parts.Max(part => part.PeakMemoryBytes),
            Last = parts[^1].Last,
        };
    }

    private static Dictionary<string, Extent> ValuesOf(Reading reading, TrafficReading traffic, TimeSpan interval)
    {
        Dictionary<string, Extent> values = new() { ["connections"] = Extent.Of(reading.Connections) };
        void Add(string name, double value) => values[name] = Extent.Of(value);

        foreach (TcpState state in States)
            Add($"state.{Word(state)}", reading.In(state));
        if (reading.Kernel is { } kernel)
        {
            Add("orphans", kernel.Orphans);
            Add("allocated", kernel.Allocated);
            Add("memory_pages", kernel.MemoryPages);
        }
        // Of listeners, destinations and processes the fullest.
        foreach (IGrouping<GaugeKind, Gauge> gauges in reading.Limits.GroupBy(gauge => gauge.Kind))
            Add($"limit.{Word(gauges.Key)}", gauges.Max(gauge => gauge.Share));
        if (reading.Rates is { } rates)
        {
            Add("opened_per_second", rates.Opened + rates.Accepted);
            Add("attempts_failed_per_second", rates.AttemptsFailed);
            Add("resets_sent_per_second", rates.ResetsSent);
            Add("retransmitted_per_second", rates.Retransmitted);
            Add("retransmit_share", rates.RetransmitShare);
            Add("listen_drops_per_second", rates.ListenDrops);
        }
        if (reading.Load is { } load)
            Add("load_1m", load.One);
        if (interval > TimeSpan.Zero)
            Add("failed_per_second", traffic.Failed / interval.TotalSeconds);
        Add("error_share", traffic.ErrorShare);
        return values;
    }

    private static string Word<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
