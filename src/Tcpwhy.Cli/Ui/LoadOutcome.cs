using Tcpwhy.Attempts;
using Tcpwhy.Loading;

namespace Tcpwhy.Cli.Ui;

/// <summary>What the caller does not tolerate: the largest share of failures (0 to 1) and the longest 99th percentile.</summary>
internal sealed record LoadBounds(double? Failures, TimeSpan? P99);

/// <summary>A load's result with the causes of its failures, and what follows for the caller.</summary>
internal sealed record LoadOutcome(LoadResult Result, LoadTarget Target, AttemptVerdicts Verdicts, LoadBounds Bounds)
{
    /// <summary>The share of failures from which the reader is warned.</summary>
    private const double Many = 0.1;

    /// <summary>Each failure under one cause, the most frequent first: those of TCP, and answers that are no answers.</summary>
    public IReadOnlyList<CauseCount> Causes { get; } = Join(Result, Verdicts);

    /// <summary>Failures, and answers by which the server itself says that it failed, as a share of the attempts.</summary>
    public double BadShare => Result.Attempts == 0 ? 0 : (double)(Result.Counts.Failed + Result.Counts.ServerErrors) / Result.Attempts;

    public bool TooManyFailures => Bounds.Failures is { } most && BadShare > most;

    public bool TooSlow => Bounds.P99 is { } longest && Result.Counts.Latency.Percentile(0.99) > longest;

    public int ExitCode =>
        TooManyFailures || TooSlow || Result.Troubles.Count > 0 ? Tcpwhy.ExitCode.AssertionFailed
        : Result.Attempts > 0 && Result.Counts.Connected == 0 && Bounds.Failures is null ? Tcpwhy.ExitCode.Unreachable
        : Tcpwhy.ExitCode.Done;

    /// <summary>What the reader must not overlook.</summary>
    public IEnumerable<string> Warnings(Screen talk)
    {
        if (Result.FailureShare > Many)
            yield return talk.T("more than 10 % of the attempts failed ({0})", Measure.Percent(Result.FailureShare));
        if (TooManyFailures)
            yield return talk.T("--max-failures {0} is exceeded: {1}", Measure.Percent(Bounds.Failures.GetValueOrDefault()), Measure.Percent(BadShare));
        if (TooSlow)
            yield return talk.T("--max-p99 {0} is exceeded: {1}", Measure.Of(Bounds.P99.GetValueOrDefault()), Measure.Of(Result.Counts.Latency.Percentile(0.99)));
        if (Result is { Plan: { Rate: > 0, Hold: false }, RateIsMet: false })
            yield return talk.T("the rate was not kept: {0} a second were asked for, {1} were made", $"{Result.Plan.Rate:0.###}", $"{Result.RateReached:0.0}");
        foreach (string trouble in Result.Troubles)
            yield return trouble;
    }

    private static List<CauseCount> Join(LoadResult result, AttemptVerdicts verdicts)
    {
        List<CauseCount> causes = [.. verdicts.ByCause];
        if (result.Counts.Malformed > 0)
            causes.Add(new CauseCount(LoadCause.MalformedAnswer, result.Counts.Malformed));
        if (result.Counts.TlsFailed > 0)
            causes.Add(new CauseCount(LoadCause.TlsHandshake, result.Counts.TlsFailed));
        causes.Sort((left, right) => right.Count.CompareTo(left.Count));
        return causes;
    }
}
