using Distribution = MathNet.Numerics.Distributions.Normal;

namespace Tcpwhy.Patterns;

/// <summary>Values by their order instead of their size, so that heavy tails, counts and outliers weigh no more than they should.</summary>
internal static class Ranks
{
    /// <summary>Ranks from 1, equals sharing the mean of theirs; NaN stays NaN.</summary>
    public static double[] Of(double[] values)
    {
        int[] order = Present(values);
        double[] keys = Array.ConvertAll(order, i => values[i]);
        Array.Sort(keys, order);
        double[] ranks = new double[values.Length];
        Array.Fill(ranks, double.NaN);
        for (int i = 0; i < keys.Length;)
        {
            int end = i;
            while (end < keys.Length && keys[end] == keys[i])
                end++;
            for (int k = i; k < end; k++)
                ranks[order[k]] = (i + 1 + end) / 2.0;
            i = end;
        }
        return ranks;
    }

    /// <summary>What a normal distribution would have in the place of each value (van der Waerden), with mean 0; NaN stays NaN.</summary>
    public static double[] Scores(double[] values)
    {
        double[] scores = Of(values);
        int count = Present(values).Length;
        double sum = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (double.IsNaN(scores[i]))
                continue;
            scores[i] = Distribution.InvCDF(0, 1, (scores[i] - 0.5) / count);
            sum += scores[i];
        }
        for (int i = 0; i < scores.Length; i++)
            scores[i] -= sum / count;
        return scores;
    }

    /// <summary>The places that are not NaN, in order.</summary>
    public static int[] Present(double[] values)
    {
        List<int> present = [];
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsNaN(values[i]))
                present.Add(i);
        }
        return [.. present];
    }

    /// <summary>The median of what is not NaN; NaN of nothing.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Where(value => !double.IsNaN(value)).Order()];
        return sorted.Length == 0 ? double.NaN : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
