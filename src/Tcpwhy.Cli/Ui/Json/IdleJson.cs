using Tcpwhy.Probing;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>An idle limit; what was not found is null.</summary>
/// <param name="How">"fin", "reset" or "silence".</param>
/// <param name="OnUse">Whether it showed only when the connection was used.</param>
/// <param name="By">"peer", "path" or "unknown".</param>
/// <param name="AfterRequest">Whether a request was completed before the idle time; else it began with the handshake.</param>
/// <param name="SurvivedSeconds">The longest idle time after which a connection still worked.</param>
/// <param name="DeadAfterSeconds">When stopped early: the shortest after which one did not.</param>
internal sealed record IdleJson(
    double? IdleTimeoutSeconds,
    double? SpreadSeconds,
    string? How,
    bool OnUse,
    string? By,
    ProcessJson? Process,
    IReadOnlyList<IdleFitJson> Fits,
    IdleAdviceJson? Advice,
    int Connections,
    bool AfterRequest,
    double SurvivedSeconds,
    double? DeadAfterSeconds,
    string? Farewell,
    bool ClosesAfterReply,
    int? RequestsPerConnection,
    int RequestsTried,
    double? AnnouncedSeconds,
    bool TargetGone,
    bool Interrupted)
{
    public static IdleJson Of(IdleAnswer answer) => new(
        Seconds(answer.Limit?.Timeout),
        Seconds(answer.Limit?.Spread),
        answer.Limit?.How switch
        {
            IdleEnd.Fin => "fin",
            IdleEnd.Reset or IdleEnd.ResetOnUse => "reset",
            IdleEnd.Silence => "silence",
            _ => null,
        },
        answer.Limit?.How is IdleEnd.ResetOnUse or IdleEnd.Silence,
        answer.Limit?.By switch
        {
            IdleEnder.Peer => "peer",
            IdleEnder.Path => "path",
            IdleEnder.Unknown => "unknown",
            _ => null,
        },
        ProcessJson.Of(answer.Process, 0),
        [.. answer.Fits.Select(fit => new IdleFitJson(fit.What, fit.Setting, fit.Timeout.TotalSeconds, fit.Source, fit.Here, fit.Namespace))],
        answer.Limit is { } limit && IdleAdvice.For(limit) is var advice ? new IdleAdviceJson(advice.PoolIdle.TotalSeconds, advice.KeepAlive?.TotalSeconds) : null,
        answer.Opened,
        answer.AfterRequest,
        DistributionJson.Seconds(answer.Survived),
        Seconds(answer.Ended),
        answer.Limit?.Farewell,
        answer.ClosesAfterReply,
        answer.RequestsPerConnection,
        answer.RequestsTried,
        Seconds(answer.AnnouncedIdle),
        answer.TargetGone,
        answer.Interrupted);

    private static double? Seconds(TimeSpan? time) => time is { } known ? DistributionJson.Seconds(known) : null;
}

/// <summary>A default or a setting whose value is the measured limit.</summary>
internal sealed record IdleFitJson(string What, string? Setting, double Seconds, string Source, bool OnThisHost, string? Netns);

/// <summary>Values that stay clear of the limit; no keep-alive where that does not help.</summary>
internal sealed record IdleAdviceJson(double PoolIdleSeconds, double? KeepaliveIdleSeconds);

/// <summary>What reusing connections around their idle limit showed.</summary>
internal sealed record ReuseJson(double IdleTimeoutSeconds, IReadOnlyList<ReuseGroupJson> Groups, IReadOnlyList<LostByCauseJson> FailuresByCause, IReadOnlyList<FindingJson> Findings, bool Interrupted)
{
    public static ReuseJson Of(ReuseAnswer answer, Language language) => new(
        DistributionJson.Seconds(answer.Timeout),
        [.. answer.Groups.Select(group => new ReuseGroupJson(
            group.When switch { ReuseWhen.Before => "before", ReuseWhen.Around => "around", _ => "after" },
            DistributionJson.Seconds(group.From), DistributionJson.Seconds(group.To), group.Pairs, group.Answered, group.Noticed, group.Lost, group.Closed, group.Reset, group.Silent))],
        [.. answer.ByCause.Select(cause => new LostByCauseJson(cause.Cause, cause.Count))],
        [.. answer.Findings.Select(finding => FindingJson.Of(finding, language))],
        answer.Interrupted);
}

/// <summary>Second requests after idle times of one kind: before the limit, around it, or after it without looking.</summary>
internal sealed record ReuseGroupJson(string When, double FromSeconds, double ToSeconds, int Pairs, int Answered, int CloseNoticed, int Lost, int LostToClose, int LostToReset, int LostInSilence);

/// <summary>How many failures had this cause.</summary>
internal sealed record LostByCauseJson(string Cause, long Count);
