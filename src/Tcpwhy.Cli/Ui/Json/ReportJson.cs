using Tcpwhy.Alerting;
using Tcpwhy.History;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Reporting;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>A report as <c>tcpwhy.report/1</c>: see docs/schemas/report.json. The page and the text are written from it, so that their figures are the same.</summary>
internal sealed record ReportJson(
    string Schema,
    DateTimeOffset Timestamp,
    double DurationSeconds,
    int Points,
    string Kind,
    string? Host,
    WindowJson Window,
    VisibilityJson Visibility,
    ObserverJson Observer,
    IReadOnlyList<string> Notes,
    StatisticsJson Statistics,
    HistorySummaryJson? HistorySummary,
    IReadOnlyList<WarningJson> Warnings,
    IReadOnlyList<ReportAlertJson> Alerts,
    IReadOnlyList<PatternJson> Patterns,
    ReportPortsJson Ports,
    IReadOnlyList<ReportCauseJson> FailuresByCause,
    LatencyJson? RoundTripSeconds,
    IReadOnlyList<SlotJson> Timeline,
    IReadOnlyList<FindingJson> Findings)
{
    public static ReportJson Of(Report report, Screen screen)
    {
        DiagnosisJson diagnosis = DiagnosisJson.Of(report.Answer, screen.Language);
        Answer answer = report.Answer;
        return new ReportJson(
            "tcpwhy.report/1",
            answer.End,
            diagnosis.Window.Seconds,
            report.Points,
            report.Kind switch { ReportKind.Once => "once", ReportKind.Window => "window", ReportKind.History => "history", _ => "recording" },
            report.Host,
            diagnosis.Window,
            diagnosis.Visibility,
            diagnosis.Observer,
            diagnosis.Notes,
            StatisticsJson.Of(report),
            HistorySummaryJson.Of(report),
            [.. report.Warnings.Select(one => new WarningJson(WarningWords.Code(one), one.Subject, Math.Round(one.Value, 6), one.Threshold, WarningText.Of(one, screen)))],
            [.. report.Alerts.Select(one => ReportAlertJson.Of(one, screen.Language))],
            [.. report.Patterns.Select(one => PatternJson.Of(one, screen))],
            ReportPortsJson.Of(report.Last),
            ReportCauseJson.Of(report, screen.Language),
            LatencyJson.Of(report.RoundTrips),
            [.. report.Slots.Select(SlotJson.Of)],
            diagnosis.Findings ?? []);
    }
}

/// <summary>The numbers of the time as a whole, and of the last reading.</summary>
internal sealed record StatisticsJson(
    int? Connections,
    IReadOnlyDictionary<string, int> States,
    ReportTrafficJson Traffic,
    IReadOnlyDictionary<string, ExtentJson> Extents,
    IReadOnlyList<PeerJson> Peers,
    IReadOnlyList<HolderJson> Processes,
    KernelCountsJson? Kernel,
    IReadOnlyList<GaugeJson> Limits,
    IReadOnlyList<double>? LoadAverage)
{
    public static StatisticsJson Of(Report report)
    {
        Answer answer = report.Answer;
        Reading? last = report.Last;
        long ended = answer.ClosedNormally + answer.Failed;
        return new StatisticsJson(
            last?.Connections,
            new SortedDictionary<string, int>((last?.States ?? []).ToDictionary(one => SocketWords.Of(one.State), one => one.Count), StringComparer.Ordinal),
            new ReportTrafficJson(answer.Opened, answer.ClosedNormally, answer.Failed, ended == 0 ? 0 : Math.Round((double)answer.Failed / ended, 6), report.Retransmits),
            new SortedDictionary<string, ExtentJson>(report.Extents.ToDictionary(one => one.Key, one => ExtentJson.Of(one.Value)), StringComparer.Ordinal),
            [.. (last?.Peers ?? []).Select(one => new PeerJson(one.Address.ToString(), one.Count, one.Established))],
            [.. (last?.Processes ?? []).Select(one => new HolderJson(one.Process.Pid, one.Process.Comm, one.Process.Container, one.Count, one.Established, one.CloseWait))],
            KernelCountsJson.Of(last?.Kernel),
            [.. (last?.Limits ?? []).Select(GaugeJson.Of)],
            last?.Load is { } load ? [load.One, load.Five, load.Fifteen] : null);
    }
}

/// <summary>Connections counted; the share is of those that ended.</summary>
internal sealed record ReportTrafficJson(long Opened, long ClosedNormally, long Failed, double FailedShare, long Retransmits);

/// <summary>What a quantity was over the time.</summary>
internal sealed record ExtentJson(double Min, double Mean, double Max)
{
    public static ExtentJson Of(Extent extent) => new(Math.Round(extent.Least, 6), Math.Round(extent.Mean, 6), Math.Round(extent.Most, 6));
}

/// <summary>Connections over the time.</summary>
internal sealed record HistorySummaryJson(double MaxConnections, double MinConnections, double MeanConnections)
{
    public static HistorySummaryJson? Of(Report report) =>
        report.Extents.TryGetValue("connections", out Extent extent) ? new HistorySummaryJson(extent.Most, extent.Least, Math.Round(extent.Mean, 3)) : null;
}

/// <summary>A change of an alert.</summary>
internal sealed record ReportAlertJson(DateTimeOffset Time, string State, string Severity, string Rule, string Subject, double Value, double Threshold, string Text)
{
    public static ReportAlertJson Of(AlertChange change, Language language) => new(
        change.Time,
        change.Kind switch { AlertChangeKind.Resolved => "resolved", AlertChangeKind.Escalated => "escalated", AlertChangeKind.Eased => "eased", AlertChangeKind.Repeated => "repeated", _ => "fired" },
        change.Alert.Severity == Model.Severity.Critical ? "critical" : "warning",
        change.Alert.Rule,
        change.Alert.Subject,
        Math.Round(change.Alert.Value, 6),
        change.Alert.Threshold,
        new AlertWords(language).Summary(change));
}

/// <summary>Ports: those that serve, and those that run out.</summary>
internal sealed record ReportPortsJson(IReadOnlyList<PortJson> Local, IReadOnlyList<LocalPortUseJson> Ephemeral)
{
    public static ReportPortsJson Of(Reading? last) => new(
        [.. (last?.LocalPorts ?? []).Select(one => new PortJson(one.Port, one.Count, one.Established, ListenerProcessJson.Of(one.Process)))],
        [.. (last?.PortUses ?? []).Select(one => new LocalPortUseJson(one.Netns, one.Source.ToString(), one.Destination.ToString(), one.Used, one.TimeWait, one.Available, Math.Round(one.Share, 4)))]);
}

/// <summary>How many connections broke for a cause.</summary>
internal sealed record ReportCauseJson(string Cause, string Title, string Severity, long Count, double Share)
{
    public static IReadOnlyList<ReportCauseJson> Of(Report report, Language language)
    {
        List<Finding> broken = [.. report.Answer.Findings.Where(one => one.Severity > Model.Severity.Info)];
        double all = broken.Sum(one => (double)one.Count);
        return
        [
            .. broken.GroupBy(one => one.Cause, StringComparer.Ordinal)
                .Select(group => new ReportCauseJson(group.Key, CausePage.Of(group.Key).Title(language), group.Any(one => one.Severity == Model.Severity.Critical) ? "critical" : "warning", group.Sum(one => (long)one.Count), Math.Round(group.Sum(one => one.Count) / all, 6)))
                .OrderByDescending(one => one.Count).ThenBy(one => one.Cause, StringComparer.Ordinal),
        ];
    }
}

/// <summary>Round-trip times in seconds of so many established connections.</summary>
internal sealed record LatencyJson(double P50, double P90, double P99, int Connections)
{
    public static LatencyJson? Of(RoundTrips? times) => times is not { } one ? null
        : new LatencyJson(Math.Round(one.P50.TotalSeconds, 6), Math.Round(one.P90.TotalSeconds, 6), Math.Round(one.P99.TotalSeconds, 6), one.Connections);
}

/// <summary>A part of the time.</summary>
internal sealed record SlotJson(
    DateTimeOffset Start,
    DateTimeOffset End,
    long Opened,
    long ClosedNormally,
    long Failed,
    IReadOnlyDictionary<string, long> FailuresByCause,
    IReadOnlyDictionary<string, double> Values,
    LatencyJson? RoundTripSeconds)
{
    public static SlotJson Of(ReportSlot slot) => new(
        slot.Start,
        slot.End,
        slot.Opened,
        slot.ClosedNormally,
        slot.Failed,
        new SortedDictionary<string, long>(slot.FailuresByCause.ToDictionary(), StringComparer.Ordinal),
        new SortedDictionary<string, double>(slot.Values.ToDictionary(one => one.Key, one => Math.Round(one.Value, 6)), StringComparer.Ordinal),
        LatencyJson.Of(slot.RoundTrips));
}
