using MathNet.Numerics.Distributions;

namespace Tcpwhy.Tuning;

/// <summary>What a comparison of two failure rates proves.</summary>
public enum RateVerdict
{
    Better,
    Worse,
    NotEnoughData,
}

/// <summary>Whether failures became rarer or more frequent: the ratio of two Poisson rates, with the exact interval that is conditional on their sum (Clopper and Pearson 1934).</summary>
/// <param name="Ratio">Rate after / rate before; null when nothing failed before.</param>
/// <param name="Low">Lower end of the interval of the ratio.</param>
/// <param name="High">Upper end; infinite when nothing failed before.</param>
public sealed record RateComparison(long FailuresBefore, double ExposureBefore, long FailuresAfter, double ExposureAfter, double? Ratio, double Low, double High)
{
    public const double Usual = 0.95;

    public RateVerdict Verdict => High < 1 ? RateVerdict.Better : Low > 1 ? RateVerdict.Worse : RateVerdict.NotEnoughData;

    /// <summary>Compares failures in two windows; the exposures are attempts, or seconds.</summary>
    /// <param name="confidence">How often the interval holds the true ratio, 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count or an exposure is negative.</exception>
    public static RateComparison Of(long failuresBefore, double exposureBefore, long failuresAfter, double exposureAfter, double confidence = Usual)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(failuresBefore);
        ArgumentOutOfRangeException.ThrowIfNegative(failuresAfter);
        ArgumentOutOfRangeException.ThrowIfNegative(exposureBefore);
        ArgumentOutOfRangeException.ThrowIfNegative(exposureAfter);
        if (exposureBefore == 0 || exposureAfter == 0)
            return new(failuresBefore, exposureBefore, failuresAfter, exposureAfter, null, 0, double.PositiveInfinity);
        // Of all failures, those after are binomial with the share p = r·e2 / (e1 + r·e2) when the rates' ratio is r.
        double tail = (1 - confidence) / 2;
        double low = failuresAfter == 0 ? 0 : Beta.InvCDF(failuresAfter, failuresBefore + 1, tail);
        double high = failuresBefore == 0 ? 1 : Beta.InvCDF(failuresAfter + 1, failuresBefore, 1 - tail);
        double exposure = exposureBefore / exposureAfter;
        return new(failuresBefore, exposureBefore, failuresAfter, exposureAfter,
            failuresBefore == 0 ? null : failuresAfter * exposure / failuresBefore, Odds(low) * exposure, Odds(high) * exposure);
    }

    private static double Odds(double share) => share >= 1 ? double.PositiveInfinity : share / (1 - share);
}
