namespace Tcpwhy.Patterns;

/// <summary>The most telling place to cut a sequence in two, or the most telling stretch to cut out of it: the largest cumulative sum of the scores, against noise that remembers.</summary>
/// <param name="From">The first cell of the other level.</param>
/// <param name="To">The first cell behind it; the end of the sequence when the level stays.</param>
internal readonly record struct ShiftTest(double P, int From, int To)
{
    /// <summary>A level holds for at least this many cells; fewer are an outburst.</summary>
    private const int Shortest = 5;

    /// <summary>Whether a cell has the other level.</summary>
    public bool Holds(int cell) => cell >= From && cell < To;

    public static ShiftTest Of(Grid grid)
    {
        double[] scores = Ranks.Scores(grid.Values);
        int[] cells = Ranks.Present(scores);
        int margin = Margin(cells.Length);
        if (cells.Length < 4 * margin)
            return new ShiftTest(1, 0, 0);
        double trim = (double)margin / cells.Length;
        int end = cells.Length;
        (int cut, _) = Cut(scores, cells);
        (int from, int to) = Stretch(scores, cells, margin);
        double one = cut < 0 ? 1 : RedNoise.LargestOfSplits(Deviate(scores, cells, cut, end), trim);
        double two = from < 0 ? 1 : RedNoise.LargestOfStretches(Deviate(scores, cells, from, to), trim);
        return one <= two ? new ShiftTest(one, cut < 0 ? 0 : cells[cut], grid.Length) : new ShiftTest(two, cells[from], cells[to]);
    }

    /// <summary>The cut that explains most, as an index into <paramref name="cells"/>, and how much it takes from the sum of squares; -1 when there are too few.</summary>
    public static (int Cut, double Explained) Cut(double[] values, int[] cells)
    {
        int margin = Margin(cells.Length), at = -1;
        double[] sums = Sums(values, cells);
        double best = 0;
        for (int cut = margin; cut <= cells.Length - margin; cut++)
        {
            double explained = sums[cut] * sums[cut] * cells.Length / ((double)cut * (cells.Length - cut));
            if (explained > best)
                (best, at) = (explained, cut);
        }
        return (at, best);
    }

    /// <summary>What the mean of a stretch, given by indices into <paramref name="cells"/>, and that of the rest leave.</summary>
    public static double[] Levelled(double[] values, int[] cells, int from, int to)
    {
        double inside = 0, outside = 0;
        for (int i = 0; i < cells.Length; i++)
        {
            if (i >= from && i < to)
                inside += values[cells[i]] / (to - from);
            else
                outside += values[cells[i]] / (cells.Length - to + from);
        }
        double[] rest = (double[])values.Clone();
        for (int i = 0; i < cells.Length; i++)
            rest[cells[i]] -= i >= from && i < to ? inside : outside;
        return rest;
    }

    // The stretch within the sequence whose mean differs most from that of the rest.
    private static (int From, int To) Stretch(double[] values, int[] cells, int margin)
    {
        double[] sums = Sums(values, cells);
        double best = 0;
        (int From, int To) at = (-1, -1);
        for (int from = margin; from < cells.Length - (2 * margin); from++)
        {
            for (int to = from + margin; to < cells.Length - margin; to++)
            {
                double sum = sums[to] - sums[from];
                double explained = sum * sum / ((double)(to - from) * (cells.Length - to + from));
                if (explained > best)
                    (best, at) = (explained, (from, to));
            }
        }
        return at;
    }

    private static double Deviate(double[] scores, int[] cells, int from, int to)
    {
        double[] rest = Levelled(scores, cells, from, to);
        double squares = cells.Sum(cell => rest[cell] * rest[cell]);
        // Two levels and nothing else.
        if (squares <= 1e-9 * cells.Length)
            return 37;
        double inside = 0;
        for (int i = from; i < to; i++)
            inside += scores[cells[i]];
        int other = cells.Length - to + from;
        // The scores' mean is 0, so the rest's sum is the same with the other sign.
        double difference = (inside / (to - from)) + (inside / other);
        double inflation = RedNoise.Inflation(rest, to < cells.Length ? 4 : 3);
        double error = Math.Sqrt(squares / (cells.Length - 2) * ((1.0 / (to - from)) + (1.0 / other)) * inflation);
        return RedNoise.Deviate(difference / error, cells.Length / inflation);
    }

    private static double[] Sums(double[] values, int[] cells)
    {
        double mean = cells.Length == 0 ? 0 : cells.Average(cell => values[cell]);
        double[] sums = new double[cells.Length + 1];
        for (int i = 0; i < cells.Length; i++)
            sums[i + 1] = sums[i] + values[cells[i]] - mean;
        return sums;
    }

    private static int Margin(int count) => Math.Max(Shortest, count / 20);
}
