using Tcpwhy.Pools;
using Tcpwhy.Pools.Runtimes;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>One pool: see docs/schemas/pools.json.</summary>
internal sealed record PoolJson(
    string Verdict,
    PoolProcessJson? Process,
    uint Netns,
    string Destination,
    SizeJson Size,
    ChurnJson Churn,
    UseJson Use,
    SpreadJson LifetimeSeconds,
    SpreadJson IdleSeconds,
    CloseWaitJson CloseWait,
    long RetransmittedSegments,
    double RetransmittedShare,
    IReadOnlyList<double> IdleSecondsWhenPeerClosed,
    PortsJson? Ports,
    DescriptorsJson? Descriptors,
    IReadOnlyList<OwnCountJson> OwnCounts,
    IReadOnlyList<JudgementJson> Judgements)
{
    public static PoolJson Of(JudgedPool judged, Language language)
    {
        Pool pool = judged.Pool;
        (PoolSize size, PoolChurn churn, PoolUse use) = (pool.Size, pool.Churn, pool.Use);
        return new PoolJson(
            PoolWords.Code(judged.First.Verdict),
            pool.Process is { } process ? new PoolProcessJson(process.Pid, process.Comm, process.Container, pool.Runtime == Runtime.Unknown ? null : PoolWords.Name(pool.Runtime)) : null,
            pool.Netns,
            pool.Destination.ToString(),
            new SizeJson(size.Now, size.Peak, size.First, Rounded(size.Mean), Rounded(size.GrowthPerSecond), Rounded(size.AtPeak)),
            new ChurnJson(churn.Opened, churn.Closed, Rounded(churn.PerSecond), churn.Median is { } life ? Rounded(life.TotalSeconds) : null),
            new UseJson(use.Exchanges, Rounded(use.PerConnection), Rounded(use.ActivePeriods), Rounded(use.IdleShare), use.BusyPeak, Rounded(use.AwaitingShare), use.Unused, use.Asked),
            SpreadJson.Of(pool.Lifetimes),
            SpreadJson.Of(pool.Idle),
            new CloseWaitJson(pool.Waiting.Count, Rounded(pool.Waiting.Share), pool.Waiting.Growth, Rounded(pool.Waiting.Age.Longest.TotalSeconds)),
            pool.Retransmits,
            Rounded(pool.RetransmitShare),
            [.. pool.IdleWhenPeerClosed.Take(100).Select(time => Rounded(time.TotalSeconds))],
            pool.Ports is { } ports ? new PortsJson(ports.Used, ports.Range, ports.ExhaustedIn is { } left ? Rounded(left.TotalSeconds) : null) : null,
            pool.Descriptors is { } descriptors ? new DescriptorsJson(descriptors.Open, descriptors.Limit) : null,
            [.. pool.Own.Select(own => new OwnCountJson(own.Server, own.Requests, own.Failed, own.Waited, Rounded(own.WaitedMean.TotalSeconds), Rounded(own.WaitedLongest.TotalSeconds)))],
            [.. judged.Judgements.Select(one => JudgementJson.Of(one, pool.Runtime, language))]);
    }

    internal static double Rounded(double number) => Math.Round(number, 4);
}

/// <summary>The process, and what runs it.</summary>
internal sealed record PoolProcessJson(int Pid, string Comm, string? Container, string? Runtime);

/// <summary>How many connections there were.</summary>
internal sealed record SizeJson(int Now, int Peak, int First, double Mean, double GrowthPerSecond, double ShareOfSamplesAtPeak);

/// <summary>Connections opened and closed in the window.</summary>
internal sealed record ChurnJson(long Opened, long Closed, double PerSecond, double? MedianLifetimeSeconds);

/// <summary>What connections were used for.</summary>
internal sealed record UseJson(long Exchanges, double ExchangesPerConnection, double ActivePeriodsPerConnection, double IdleShare, int BusyPeak, double AwaitingShare, int Unused, int RequestsToAnswer);

/// <summary>A distribution in seconds.</summary>
internal sealed record SpreadJson(int Count, double P50, double P90, double Max)
{
    public static SpreadJson Of(Spread spread) =>
        new(spread.Count, PoolJson.Rounded(spread.Median.TotalSeconds), PoolJson.Rounded(spread.P90.TotalSeconds), PoolJson.Rounded(spread.Longest.TotalSeconds));
}

/// <summary>Sockets that the peer closed and the process did not.</summary>
internal sealed record CloseWaitJson(int Count, double Share, int Growth, double OldestSeconds);

/// <summary>Local ports to the destination.</summary>
internal sealed record PortsJson(int Used, int Range, double? ExhaustedInSeconds);

/// <summary>Descriptors of the process.</summary>
internal sealed record DescriptorsJson(long Open, long Limit);

/// <summary>What the process counted itself.</summary>
internal sealed record OwnCountJson(string Server, long Requests, long Failed, long Waited, double WaitedMeanSeconds, double WaitedLongestSeconds);

/// <summary>A verdict with its evidence and what to change.</summary>
internal sealed record JudgementJson(string Verdict, string Severity, double Confidence, string Title, IReadOnlyList<string> Evidence, string Remedy, IReadOnlyList<KnobJson> Settings)
{
    public static JudgementJson Of(PoolJudgement one, Runtime runtime, Language language)
    {
        var screen = new Screen(TextWriter.Null, 80, colour: false, language);
        return new JudgementJson(
            PoolWords.Code(one.Verdict),
            one.Severity.ToString().ToLowerInvariant(),
            one.Confidence,
            screen.T(PoolWords.Title(one.Verdict)),
            [.. one.Evidence.Select(evidence => PoolText.Said(evidence, screen))],
            screen.T(PoolWords.Remedy(one.Verdict)),
            [.. KnobTable.Of(runtime, one.Verdict).Select(knob => new KnobJson(knob.Library, knob.Setting, knob.Default, knob.Better))]);
    }
}

/// <summary>A setting of the runtime's pool.</summary>
internal sealed record KnobJson(string Library, string Setting, string? From, string? To);
