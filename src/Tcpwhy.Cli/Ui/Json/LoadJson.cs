using Tcpwhy.Attempts;
using Tcpwhy.Loading;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>A load's outcome as <c>tcpwhy.load/1</c>: see docs/schemas/load.json.</summary>
internal sealed record LoadJson(
    string Schema,
    string Target,
    string Address,
    LoadPlanJson Plan,
    LoadSummaryJson Summary,
    TimesJson? LatencySeconds,
    TimesJson? ConnectSeconds,
    IReadOnlyList<CauseCountJson> FailuresByCause,
    string? LimitedBy,
    string Limit,
    StatusJson Status,
    SocketsJson? Sockets,
    HoldJson? Hold,
    IReadOnlyList<SlowJson> Slowest,
    GeneratorJson Generator,
    IReadOnlyList<FindingJson> Findings)
{
    public static LoadJson Of(LoadOutcome outcome, Language language)
    {
        LoadResult result = outcome.Result;
        LoadCounts counts = result.Counts;
        List<CauseCountJson> causes = [];
        foreach (CauseCount cause in outcome.Causes)
            causes.Add(new CauseCountJson(cause.Cause, cause.Count));
        List<SlowJson> slowest = [];
        foreach (SlowAttempt slow in counts.Slowest.All)
            slowest.Add(new SlowJson(Seconds(slow.At), Seconds(slow.Took), Seconds(slow.Waited), $"{slow.Local}", slow.FirstOnConnection));
        List<FindingJson> findings = [];
        foreach (Finding finding in outcome.Verdicts.Findings)
            findings.Add(FindingJson.Of(finding, language));
        Screen speech = new(TextWriter.Null, 80, false, language);
        return new LoadJson(
            "tcpwhy.load/1",
            outcome.Target.Text,
            $"{result.Plan.Target}",
            LoadPlanJson.Of(result.Plan),
            new LoadSummaryJson(
                result.Attempts, counts.Failed, result.FailureShare, counts.Requests, Math.Round(result.RequestsPerSecond, 3), Math.Round(result.ConnectionsPerSecond, 3),
                counts.BytesSent, counts.BytesReceived, Seconds(result.Length), counts.Opened, counts.Connected, counts.MostActive, counts.ClosedIdle, counts.NeverBegun, counts.Unfinished),
            TimesJson.Of(counts.Latency),
            TimesJson.Of(counts.Connect),
            causes,
            result.LimitedBy == LoadLimit.None ? null : $"{result.LimitedBy}".ToLowerInvariant(),
            LoadLimitText.Of(result, speech),
            new StatusJson(counts.ClientErrors, counts.ServerErrors),
            SocketsJson.Of(counts.Sockets),
            HoldJson.Of(result),
            slowest,
            new GeneratorJson(result.Parts, result.Processes, Seconds(counts.Cpu), Math.Round(result.CpuShare, 4), result.MemoryBytes, result.Troubles),
            findings);
    }

    internal static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 7);
}

/// <summary>The load that was asked for; 0 is no limit, or none.</summary>
internal sealed record LoadPlanJson(string Protocol, int Connections, double Rate, long Count, double DurationSeconds, double RampSeconds, bool Hold, int PerConnection, int RequestBytes, int Threads, IReadOnlyList<string> Sources)
{
    public static LoadPlanJson Of(LoadPlan plan) => new(
        plan.TlsName is null ? $"{plan.Protocol}".ToLowerInvariant() : "https", plan.Connections, plan.Rate, plan.Count, LoadJson.Seconds(plan.Duration), LoadJson.Seconds(plan.Ramp),
        plan.Hold, plan.PerConnection, plan.Request.Length, plan.Threads, [.. plan.Sources.Select(source => $"{source}")]);
}

/// <summary>What was counted. An attempt is a request, or a connection where nothing is sent.</summary>
internal sealed record LoadSummaryJson(
    long Attempts,
    long Failures,
    double FailureShare,
    long Requests,
    double RequestsPerSecond,
    double ConnectionsPerSecond,
    long BytesSent,
    long BytesReceived,
    double Seconds,
    long ConnectionsOpened,
    long ConnectionsEstablished,
    long MostAtOnce,
    long ClosedIdle,
    long NeverBegun,
    long Unfinished);

/// <summary>Times in seconds, from when the attempt was due.</summary>
internal sealed record TimesJson(double Mean, double P50, double P90, double P99, double P999, double Max)
{
    public static TimesJson? Of(Histogram times) => times.Count == 0 ? null : new TimesJson(
        LoadJson.Seconds(times.Mean), LoadJson.Seconds(times.Percentile(0.5)), LoadJson.Seconds(times.Percentile(0.9)),
        LoadJson.Seconds(times.Percentile(0.99)), LoadJson.Seconds(times.Percentile(0.999)), LoadJson.Seconds(times.Max));
}

/// <summary>How many attempts failed for a cause.</summary>
internal sealed record CauseCountJson(string Cause, long Count);

/// <summary>Answers by which the server itself says that it failed, or that the request was wrong.</summary>
internal sealed record StatusJson(long ClientErrors, long ServerErrors);

/// <summary>TCP_INFO of the connections that were looked at when they closed.</summary>
internal sealed record SocketsJson(long Count, TimesJson? RttSeconds, long Retransmits, long SegmentsOut, long WithRetransmits, double MeanCongestionWindowSegments, double MeanReceiveSpaceBytes)
{
    public static SocketsJson? Of(SocketTally sockets) => sockets.Count == 0 ? null : new SocketsJson(
        sockets.Count, TimesJson.Of(sockets.Rtt), sockets.Retransmits, sockets.SegmentsOut, sockets.WithRetransmits,
        Math.Round((double)sockets.CongestionWindows / sockets.Count, 3), Math.Round((double)sockets.ReceiveSpace / sockets.Count, 1));
}

/// <summary>What it took to open the connections that are held, and what each costs us.</summary>
internal sealed record HoldJson(double OpenedSeconds, long MemoryBytesPerConnection)
{
    public static HoldJson? Of(LoadResult result) =>
        result.Plan.Hold ? new HoldJson(LoadJson.Seconds(result.OpenedIn), result.MemoryBytes / Math.Max(result.Counts.MostActive, 1)) : null;
}

/// <summary>One of the slowest attempts.</summary>
internal sealed record SlowJson(double AtSeconds, double TookSeconds, double WaitedSeconds, string Local, bool NewConnection);

/// <summary>What making the load cost.</summary>
internal sealed record GeneratorJson(int Parts, int Processes, double CpuSeconds, double CpuShare, long MemoryBytes, IReadOnlyList<string> Troubles);
