using MathNet.Numerics.Distributions;

namespace Tcpwhy.Patterns;

/// <summary>Noise that remembers: neighbours are alike, so that many points tell no more than a few. Modelled as AR(1), whose only number is the correlation of neighbours.</summary>
internal static class RedNoise
{
    private const int FewestBlocks = 15;

    /// <summary>Correlation of neighbouring cells, -0.9 to 0.98, corrected for the bias that fitting leaves (Marriott and Pope): <paramref name="fitted"/> is how many numbers were fitted beside the mean.</summary>
    public static double Memory(double[] residuals, int fitted)
    {
        double products = 0, squares = 0;
        int pairs = 0, count = 0;
        for (int i = 0; i < residuals.Length; i++)
        {
            if (double.IsNaN(residuals[i]))
                continue;
            squares += residuals[i] * residuals[i];
            count++;
            if (i + 1 < residuals.Length && !double.IsNaN(residuals[i + 1]))
            {
                products += residuals[i] * residuals[i + 1];
                pairs++;
            }
        }
        if (pairs < 5 || squares <= 0)
            return 0;
        double seen = products / pairs / (squares / count);
        double bias = 1 + fitted;
        return Math.Clamp(seen + ((bias + ((bias + 2) * seen)) / count), -0.9, 0.98);
    }

    /// <summary>By how much the variance of a mean, or of a slope, is greater than it would be of independent points; what alternates counts as independent, which is careful.</summary>
    public static double Inflation(double memory) => Math.Max((1 + memory) / (1 - memory), 1);

    /// <summary>The same of residuals whose memory may reach further than AR(1) has it, as that of traffic does: the greatest that means over 1, 2, 4 … cells show.</summary>
    public static double Inflation(double[] residuals, int fitted)
    {
        double greatest = Inflation(Memory(residuals, fitted));
        double single = Variance(residuals, out int count);
        double[] means = residuals;
        for (int width = 2; count / width >= FewestBlocks && single > 0; width *= 2)
        {
            means = Halved(means);
            double variance = Variance(means, out int blocks);
            if (blocks < FewestBlocks)
                break;
            // What fitting took away counts for more where there are few blocks.
            variance *= (double)blocks / Math.Max(blocks - 1 - fitted, 1);
            greatest = Math.Max(greatest, variance * width / single * Inflation(Memory(means, fitted)));
        }
        return greatest;
    }

    private static double Variance(double[] values, out int count)
    {
        double squares = 0;
        count = 0;
        foreach (double value in values)
        {
            if (double.IsNaN(value))
                continue;
            squares += value * value;
            count++;
        }
        return count == 0 ? 0 : squares / count;
    }

    private static double[] Halved(double[] values)
    {
        double[] means = new double[values.Length / 2];
        for (int i = 0; i < means.Length; i++)
        {
            double one = values[2 * i], other = values[(2 * i) + 1];
            means[i] = double.IsNaN(one) ? other : double.IsNaN(other) ? one : (one + other) / 2;
        }
        return means;
    }

    /// <summary>A normal deviate as unlikely as a statistic of so few independent points.</summary>
    public static double Deviate(double statistic, double points)
    {
        if (points < 4)
            return 0;
        double tail = StudentT.CDF(0, 1, points - 2, -Math.Abs(statistic));
        return tail <= 1e-300 ? 37 : -MathNet.Numerics.Distributions.Normal.InvCDF(0, 1, tail);
    }

    /// <summary>How likely chance shows a deviate this far from 0, in either direction.</summary>
    public static double TwoSided(double deviate) => Math.Clamp(2 * MathNet.Numerics.Distributions.Normal.CDF(0, 1, -Math.Abs(deviate)), 0, 1);

    /// <summary>How likely the greatest deviate of all stretches of a sequence is this far from 0, when a stretch has at least the share <paramref name="trim"/>: as of that many independent ones.</summary>
    public static double LargestOfStretches(double deviate, double trim) => Math.Min(TwoSided(deviate) * 2 / (trim * trim), 1);

    /// <summary>How likely the greatest of all two-part deviates of a sequence is this far from 0 when the smaller part has at least the share <paramref name="trim"/>: the tail of the largest standardised Brownian bridge (Miller and Siegmund 1982).</summary>
    public static double LargestOfSplits(double deviate, double trim)
    {
        double z = Math.Abs(deviate);
        if (z < 1.5)
            return 1;
        double density = Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI);
        double span = 2 * Math.Log((1 - trim) / trim);
        return Math.Clamp(density * (((z - (1 / z)) * span) + (4 / z)), 0, 1);
    }
}
