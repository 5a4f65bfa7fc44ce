using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>What a comparison with an earlier window proves; ends of intervals without a bound are null.</summary>
internal sealed record ComparisonJson(string Verdict, string Exposure, RatesJson Overall, IReadOnlyList<CauseRatesJson> Causes)
{
    public static ComparisonJson Of(WindowComparison comparison)
    {
        List<CauseRatesJson> causes = [];
        foreach (CauseComparison cause in comparison.Causes)
            causes.Add(new CauseRatesJson(cause.Cause, Word(cause.Rates.Verdict), RatesJson.Of(cause.Rates)));
        return new ComparisonJson(Word(comparison.Overall.Verdict), comparison.PerAttempt ? "attempts" : "seconds", RatesJson.Of(comparison.Overall), causes);
    }

    private static string Word(RateVerdict verdict) => verdict switch
    {
        RateVerdict.Better => "better",
        RateVerdict.Worse => "worse",
        _ => "not-enough-data",
    };
}

/// <summary>Two rates and the 95 % interval of their ratio.</summary>
internal sealed record RatesJson(long FailuresBefore, double ExposureBefore, long FailuresAfter, double ExposureAfter, double? Ratio, double Low, double? High)
{
    public static RatesJson Of(RateComparison rates) => new(rates.FailuresBefore, Math.Round(rates.ExposureBefore, 6), rates.FailuresAfter, Math.Round(rates.ExposureAfter, 6),
        rates.Ratio is { } ratio ? Math.Round(ratio, 4) : null, Math.Round(rates.Low, 4), double.IsInfinity(rates.High) ? null : Math.Round(rates.High, 4));
}

/// <summary>One cause in both windows.</summary>
internal sealed record CauseRatesJson(string Cause, string Verdict, RatesJson Rates);
