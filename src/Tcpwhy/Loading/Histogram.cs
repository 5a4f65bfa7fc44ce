using System.Numerics;

namespace Tcpwhy.Loading;

/// <summary>Times counted with three significant digits, from 1 ns to 78 hours, as HdrHistogram does: recording is an addition, memory does not grow, histograms can be joined.</summary>
public sealed class Histogram
{
    // 2,048 cells for the first 2,048 ns, then 1,024 for each doubling: no cell is wider than 1/1,024 of its value.
    private const int Fine = 11;
    private const int Half = 1 << (Fine - 1);
    private const int Doublings = 37;
    private const long Longest = (1L << (Fine + Doublings)) - 1;
    private readonly long[] _cells = new long[(Doublings + 2) * Half];
    private double _sum;
    private long _max;

    /// <summary>How many times were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The longest time, exactly; zero when there is none.</summary>
    public TimeSpan Max => FromNanoseconds(_max);

    /// <summary>The mean; zero when nothing was recorded.</summary>
    public TimeSpan Mean => Count == 0 ? TimeSpan.Zero : FromNanoseconds(_sum / Count);

    /// <summary>Counts a time; one below 0 as 0, one beyond 78 hours as that.</summary>
    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Clamp(nanoseconds, 0, Longest);
        _cells[CellOf(nanoseconds)]++;
        Count++;
        _sum += nanoseconds;
        if (nanoseconds > _max)
            _max = nanoseconds;
    }

    /// <summary>The time that this share (0 to 1) of all did not exceed, within 0.1 %; zero when nothing was recorded.</summary>
    public TimeSpan Percentile(double share)
    {
        long wanted = Math.Max((long)Math.Ceiling(share * Count), 1);
        long seen = 0;
        for (int cell = 0; cell < _cells.Length; cell++)
        {
            seen += _cells[cell];
            if (seen >= wanted)
                return FromNanoseconds(Math.Min(LastOf(cell), _max));
        }
        return TimeSpan.Zero;
    }

    /// <summary>How many times were longer than this, to the cell's width.</summary>
    public long CountAbove(TimeSpan limit)
    {
        long above = 0;
        for (int cell = CellOf(Math.Clamp((long)limit.TotalNanoseconds, 0, Longest)) + 1; cell < _cells.Length; cell++)
            above += _cells[cell];
        return above;
    }

    /// <summary>Takes over what another has counted.</summary>
    public void Add(Histogram other)
    {
        for (int cell = 0; cell < _cells.Length; cell++)
            _cells[cell] += other._cells[cell];
        Count += other.Count;
        _sum += other._sum;
        _max = Math.Max(_max, other._max);
    }

    /// <summary>The cells that are not empty, with sum and maximum: what a worker process hands over.</summary>
    public HistogramParts ToParts()
    {
        List<long> cells = [];
        for (int cell = 0; cell < _cells.Length; cell++)
        {
            if (_cells[cell] == 0)
                continue;
            cells.Add(cell);
            cells.Add(_cells[cell]);
        }
        return new HistogramParts(_sum, _max, cells);
    }

    /// <summary>Takes over what <see cref="ToParts"/> told.</summary>
    /// <exception cref="InvalidDataException">No histogram has such cells.</exception>
    public void Add(HistogramParts parts)
    {
        for (int i = 0; i + 1 < parts.Cells.Count; i += 2)
        {
            if (parts.Cells[i] < 0 || parts.Cells[i] >= _cells.Length || parts.Cells[i + 1] < 0)
                throw new InvalidDataException($"histogram: no cell {parts.Cells[i]} with {parts.Cells[i + 1]}");
            _cells[parts.Cells[i]] += parts.Cells[i + 1];
            Count += parts.Cells[i + 1];
        }
        _sum += parts.Sum;
        _max = Math.Max(_max, parts.Max);
    }

    private static int CellOf(long value)
    {
        int doubling = Math.Max(0, 64 - BitOperations.LeadingZeroCount((ulong)value) - Fine);
        return (doubling << (Fine - 1)) + (int)(value >> doubling);
    }

    private static long LastOf(int cell)
    {
        int doubling = Math.Max(0, (cell >> (Fine - 1)) - 1);
        long within = cell - ((long)doubling << (Fine - 1));
        return ((within + 1) << doubling) - 1;
    }

    private static TimeSpan FromNanoseconds(double nanoseconds) => TimeSpan.FromTicks((long)Math.Round(nanoseconds / 100));
}

/// <summary>A histogram as numbers: pairs of a cell and its count, and what the cells do not keep exactly.</summary>
public sealed record HistogramParts(double Sum, long Max, IReadOnlyList<long> Cells);
