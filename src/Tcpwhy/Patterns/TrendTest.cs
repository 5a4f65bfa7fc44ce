namespace Tcpwhy.Patterns;

/// <summary>Mann-Kendall: whether later values tend to be greater, with the variance widened for noise that remembers; the slope is Theil and Sen's.</summary>
internal readonly record struct TrendTest(double P, double Deviate, double Widening)
{
    public static TrendTest Of(Grid grid)
    {
        int[] cells = Ranks.Present(grid.Values);
        long sum = 0;
        for (int i = 0; i < cells.Length; i++)
        {
            double own = grid.Values[cells[i]];
            for (int j = i + 1; j < cells.Length; j++)
                sum += grid.Values[cells[j]].CompareTo(own);
        }
        double spread = Variance(grid.Values, cells.Length);
        if (spread <= 0)
            return new TrendTest(1, 0, 1);
        double inflation = RedNoise.Inflation(Flattened(Ranks.Of(grid.Values), cells), 1);
        double deviate = RedNoise.Deviate((sum - Math.Sign(sum)) / Math.Sqrt(spread * inflation), cells.Length / inflation);
        return new TrendTest(RedNoise.TwoSided(deviate), deviate, Math.Sqrt(spread * inflation));
    }

    /// <summary>The slope per cell: the median over all pairs, and where it lies with 95 % confidence; and the value at cell 0.</summary>
    public (double Slope, double Least, double Most, double Intercept) Line(Grid grid)
    {
        int[] cells = Ranks.Present(grid.Values);
        double[] slopes = new double[cells.Length * (cells.Length - 1) / 2];
        int next = 0;
        for (int i = 0; i < cells.Length; i++)
        {
            for (int j = i + 1; j < cells.Length; j++)
                slopes[next++] = (grid.Values[cells[j]] - grid.Values[cells[i]]) / (cells[j] - cells[i]);
        }
        Array.Sort(slopes);
        double reach = 1.96 * Widening / 2;
        double middle = (slopes.Length - 1) / 2.0;
        double slope = Ranks.Median(slopes);
        double intercept = Ranks.Median(cells.Select(cell => grid.Values[cell] - (slope * cell)));
        return (slope, slopes[(int)Math.Clamp(middle - reach, 0, slopes.Length - 1)], slopes[(int)Math.Clamp(middle + reach, 0, slopes.Length - 1)], intercept);
    }

    /// <summary>What the least-squares line leaves.</summary>
    public static double[] Flattened(double[] values, int[] cells)
    {
        double meanCell = 0, mean = 0;
        foreach (int cell in cells)
        {
            meanCell += cell;
            mean += values[cell];
        }
        meanCell /= cells.Length;
        mean /= cells.Length;
        double with = 0, squares = 0;
        foreach (int cell in cells)
        {
            with += (cell - meanCell) * (values[cell] - mean);
            squares += (cell - meanCell) * (cell - meanCell);
        }
        double slope = squares > 0 ? with / squares : 0;
        double[] rest = (double[])values.Clone();
        foreach (int cell in cells)
            rest[cell] -= mean + (slope * (cell - meanCell));
        return rest;
    }

    // Equal values take from the variance what pairs of them cannot tell.
    private static double Variance(double[] values, int count)
    {
        double variance = (double)count * (count - 1) * ((2 * count) + 5);
        foreach (IGrouping<double, double> equal in values.Where(value => !double.IsNaN(value)).GroupBy(value => value))
        {
            double ties = equal.Count();
            variance -= ties * (ties - 1) * ((2 * ties) + 5);
        }
        return variance / 18;
    }
}
