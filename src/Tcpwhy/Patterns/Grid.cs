namespace Tcpwhy.Patterns;

/// <summary>A series in cells of equal width, so that unequal spacing, gaps and length cost nothing: a cell holds the mean of its points, or is empty.</summary>
internal sealed class Grid
{
    /// <summary>Enough to see what matters in a window, few enough for tests that look at every pair.</summary>
    public const int MostCells = 400;

    private Grid(DateTimeOffset start, TimeSpan width, double[] values)
    {
        (Start, Width, Values) = (start, width, values);
        foreach (double value in values)
            Count += double.IsNaN(value) ? 0 : 1;
    }

    public DateTimeOffset Start { get; }
    public TimeSpan Width { get; }

    /// <summary>NaN where there is no point.</summary>
    public double[] Values { get; }

    /// <summary>Cells that are not empty.</summary>
    public int Count { get; }

    public int Length => Values.Length;

    /// <summary>The same cells with other values.</summary>
    public Grid With(double[] values) => new(Start, Width, values);

    /// <summary>When a cell begins.</summary>
    public DateTimeOffset TimeOf(int cell) => Start + (cell * Width);

    /// <summary>The cell of a moment; below 0 or from <see cref="Length"/> on when it lies outside.</summary>
    public int CellOf(DateTimeOffset time) => (int)Math.Clamp(Math.Floor((time - Start) / Width), -1, int.MaxValue);

    /// <summary>Puts a series into cells of its median spacing, or wider ones when it is long or full of gaps; null when it has not two moments.</summary>
    public static Grid? Of(Series series)
    {
        List<SeriesPoint> points = [.. series.Points.Where(point => double.IsFinite(point.Value)).OrderBy(point => point.Time)];
        if (points.Count < 2 || points[^1].Time == points[0].Time)
            return null;
        long[] gaps = new long[points.Count - 1];
        for (int i = 0; i < gaps.Length; i++)
            gaps[i] = (points[i + 1].Time - points[i].Time).Ticks;
        Array.Sort(gaps);
        long span = (points[^1].Time - points[0].Time).Ticks;
        long width = Math.Max(gaps[gaps.Length / 2], 1);
        // Whole multiples of the spacing, so that a cell holds as many points as the next.
        width *= 1 + ((span / width) / MostCells);
        Grid grid = Fill(points, width);
        while (grid.Count < 0.6 * grid.Length && grid.Length > 40)
            grid = Fill(points, width *= 2);
        return grid;
    }

    /// <summary>Empty cells of a second or more over a window.</summary>
    public static Grid Between(DateTimeOffset start, DateTimeOffset end)
    {
        long width = Math.Max((end - start).Ticks / MostCells, TimeSpan.TicksPerSecond);
        return new Grid(start, TimeSpan.FromTicks(width), new double[((end - start).Ticks / width) + 1]);
    }

    /// <summary>How many moments fall into each cell.</summary>
    public Grid Counting(IEnumerable<DateTimeOffset> moments)
    {
        double[] counts = new double[Length];
        foreach (DateTimeOffset moment in moments)
        {
            if (CellOf(moment) is >= 0 and var cell && cell < Length)
                counts[cell]++;
        }
        return With(counts);
    }

    /// <summary>Another series in the cells of this one.</summary>
    public Grid Aligning(Series series) => With(Means(series.Points.Where(point => double.IsFinite(point.Value)), Start, Width.Ticks, Length));

    private static Grid Fill(List<SeriesPoint> points, long width)
    {
        // Half a cell early, so that jitter in the spacing does not throw two points into one cell and none into the next.
        DateTimeOffset start = points[0].Time.AddTicks(-width / 2);
        int cells = (int)((points[^1].Time - start).Ticks / width) + 1;
        return new Grid(start, TimeSpan.FromTicks(width), Means(points, start, width, cells));
    }

    private static double[] Means(IEnumerable<SeriesPoint> points, DateTimeOffset start, long width, int cells)
    {
        double[] sums = new double[cells];
        int[] counts = new int[cells];
        foreach (SeriesPoint point in points)
        {
            long cell = (long)Math.Floor((double)(point.Time - start).Ticks / width);
            if (cell < 0 || cell >= cells)
                continue;
            sums[cell] += point.Value;
            counts[cell]++;
        }
        for (int i = 0; i < cells; i++)
            sums[i] = counts[i] == 0 ? double.NaN : sums[i] / counts[i];
        return sums;
    }
}
