namespace Tcpwhy.Patterns;

/// <summary>Whether failures go along with a load, and whether they begin at one: Spearman's correlation, and ranks cut where they differ most (Lausen and Schumacher), both as if there were only as many points as are independent.</summary>
internal static class LoadTest
{
    private const int FewestPoints = 20;

    /// <summary>Fewer points with a failure than this tell nothing.</summary>
    private const int FewestHits = 5;

    /// <summary>Tests made of a pair.</summary>
    public const int Tests = 2;

    /// <summary>The better of the two, or null when chance may show as much.</summary>
    public static Pattern? Of(string name, string load, Grid loads, Grid counts, double risk)
    {
        List<int> both = [];
        for (int i = 0; i < loads.Length; i++)
        {
            if (!double.IsNaN(loads.Values[i]) && !double.IsNaN(counts.Values[i]))
                both.Add(i);
        }
        if (both.Count < FewestPoints || both.Count(i => counts.Values[i] > 0) < FewestHits)
            return null;
        double[] x = Masked(Ranks.Of(Kept(loads.Values, both))), y = Masked(Ranks.Scores(Kept(counts.Values, both)));
        double inflation = RedNoise.Inflation(RedNoise.Memory(x, 0) * RedNoise.Memory(y, 0));
        double independent = both.Count / inflation;
        double correlation = Correlation(x, y, both);
        double follows = correlation <= 0 ? 1
            : RedNoise.TwoSided(RedNoise.Deviate(correlation * Math.Sqrt((independent - 2) / Math.Max(1 - (correlation * correlation), 1e-9)), independent));
        StartsAbove? starts = Threshold(name, load, loads.Values, counts.Values, y, both, inflation);
        double limit = risk / Tests;
        // A threshold says more than a correlation, when what lies below is far less than what lies above.
        if (starts is { } cut && cut.P <= limit && cut.Below <= 0.2 * cut.Above)
            return cut;
        return follows <= limit ? new FollowsLoad(name, load, correlation, independent) { P = follows } : null;
    }

    private static StartsAbove? Threshold(string name, string load, double[] loads, double[] counts, double[] scores, List<int> both, double inflation)
    {
        int[] order = [.. both.OrderBy(i => loads[i])];
        int margin = Math.Max(5, order.Length / 20);
        double sum = 0, best = 0;
        int cut = -1;
        for (int below = 1; below <= order.Length - margin; below++)
        {
            sum += scores[order[below - 1]];
            // Equal loads lie on the same side.
            if (below < margin || loads[order[below]] == loads[order[below - 1]])
                continue;
            double gain = -sum / Math.Sqrt((double)below * (order.Length - below) / order.Length);
            if (gain > best)
                (best, cut) = (gain, below);
        }
        if (cut < 0)
            return null;
        double squares = order.Sum(i => scores[i] * scores[i]) - (best * best);
        double deviate = RedNoise.Deviate(best / Math.Sqrt(Math.Max(squares, 1e-9) / (order.Length - 2) * inflation), order.Length / inflation);
        return new StartsAbove(name, load, loads[order[cut]], order[..cut].Average(i => counts[i]), order[cut..].Average(i => counts[i]), cut, order.Length - cut)
        {
            P = RedNoise.LargestOfSplits(deviate, (double)margin / order.Length),
        };
    }

    private static double Correlation(double[] x, double[] y, List<int> both)
    {
        double xy = 0, xx = 0, yy = 0;
        foreach (int i in both)
        {
            xy += x[i] * y[i];
            xx += x[i] * x[i];
            yy += y[i] * y[i];
        }
        return xx > 0 && yy > 0 ? xy / Math.Sqrt(xx * yy) : 0;
    }

    private static double[] Kept(double[] values, List<int> both)
    {
        double[] kept = new double[values.Length];
        Array.Fill(kept, double.NaN);
        foreach (int i in both)
            kept[i] = values[i];
        return kept;
    }

    private static double[] Masked(double[] ranks)
    {
        double mean = ranks.Where(rank => !double.IsNaN(rank)).DefaultIfEmpty().Average();
        return Array.ConvertAll(ranks, rank => rank - mean);
    }
}
