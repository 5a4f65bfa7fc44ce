namespace Tcpwhy.Patterns;

/// <summary>What one series shows by itself: periods, trends and shifts, each taken out before the next is looked for, so that a mixture is told apart.</summary>
public static class SeriesPatterns
{
    /// <summary>Fewer points than this tell nothing.</summary>
    public const int FewestPoints = 20;

    /// <summary>Tests made of a series, among which the risk of a false alarm is shared.</summary>
    public const int Tests = 3;

    private const int MostFound = 4;

    /// <summary>The patterns, or a <see cref="Normal"/> or <see cref="InsufficientData"/> alone. <paramref name="risk"/> is how likely noise may be called a pattern, 0 to 1, over all <see cref="Tests"/>.</summary>
    public static IReadOnlyList<Pattern> Of(Series series, double risk)
    {
        if (Grid.Of(series) is not { Count: >= FewestPoints } grid)
            return [new InsufficientData(series.Name, series.Points.Count(point => double.IsFinite(point.Value)), FewestPoints)];
        Finder finder = new(series.Name, grid, risk / Tests);
        finder.Find();
        return finder.Found.Count > 0 ? finder.Found
            : [Quiet(series)];
    }

    private static Normal Quiet(Series series)
    {
        double[] values = [.. series.Points.Select(point => point.Value).Where(double.IsFinite)];
        return new Normal(series.Name, values.Min(), Ranks.Median(values), values.Max());
    }

    private sealed class Finder
    {
        private readonly string _name;
        private readonly Grid _whole;
        private readonly double _risk;
        private readonly List<(int Cell, double P)> _shifts = [];
        private readonly double[] _steps;
        private Grid _rest;

        public Finder(string name, Grid whole, double risk)
        {
            (_name, _whole, _risk) = (name, whole, risk);
            _rest = whole;
            _steps = new double[whole.Length];
        }

        public List<Pattern> Found { get; } = [];

        public void Find()
        {
            bool periodic = FindPeriod();
            while (Found.Count + _shifts.Count < MostFound && FindChange())
                periodic = periodic || FindPeriod();
            DescribeShifts();
        }

        private bool FindPeriod()
        {
            int[] cells = Ranks.Present(_rest.Values);
            PeriodTest test = PeriodTest.Of(Steady(Ranks.Scores(_rest.Values), cells));
            if (test.P > _risk)
                return false;
            double[] steady = Steady(_rest.Values, cells);
            double[] without = Waves.Without(steady, cells, test.Frequency, test.Harmonics);
            double share = 1 - (Squares(without, cells) / Squares(steady, cells));
            double period = Recurrence.Of(steady, 1 / test.Frequency, test.Harmonics);
            Found.Add(Recurrence.Describe(_name, _whole, steady, period, share) with { P = test.P });
            double[] rest = (double[])_rest.Values.Clone();
            foreach (int cell in cells)
                rest[cell] -= steady[cell] - without[cell];
            _rest = _rest.With(rest);
            return true;
        }

        private bool FindChange()
        {
            TrendTest trend = TrendTest.Of(_rest);
            ShiftTest shift = ShiftTest.Of(_rest);
            if (Math.Min(trend.P, shift.P) > _risk)
                return false;
            int[] cells = Ranks.Present(_rest.Values);
            var (slope, least, most, intercept) = trend.Line(_rest);
            (double before, double after) = Levels(cells, shift);
            double aroundLine = 0, aroundLevels = 0;
            foreach (int cell in cells)
            {
                // Absolute deviations: one outlier does not decide between a line and a step.
                aroundLine += Math.Abs(_rest.Values[cell] - intercept - (slope * cell));
                aroundLevels += Math.Abs(_rest.Values[cell] - (shift.Holds(cell) ? after : before));
            }
            bool steps = shift.P <= _risk && (trend.P > _risk || aroundLevels < 0.97 * aroundLine);
            // Where most points are equal, neither the line nor the levels may move.
            if (steps ? before == after : slope == 0)
                return false;
            double seconds = _whole.Width.TotalSeconds;
            if (steps)
                AddShifts(shift);
            else
                Found.Add(new Trend(_name, slope / seconds, least / seconds, most / seconds, intercept, intercept + (slope * (_whole.Length - 1))) { P = trend.P });
            double[] rest = (double[])_rest.Values.Clone();
            foreach (int cell in cells)
            {
                double step = shift.Holds(cell) ? after - before : 0;
                rest[cell] -= steps ? step : slope * cell;
                _steps[cell] += steps ? step : 0;
            }
            _rest = _rest.With(rest);
            return true;
        }

        // Levels as they were, between the cuts: what was found one by one in what the others left.
        private void DescribeShifts()
        {
            double[] values = [.. _rest.Values.Zip(_steps, (rest, step) => rest + step)];
            _shifts.Sort();
            for (int i = 0; i < _shifts.Count; i++)
            {
                int cut = _shifts[i].Cell, from = i == 0 ? 0 : _shifts[i - 1].Cell, to = i + 1 < _shifts.Count ? _shifts[i + 1].Cell : values.Length;
                double before = Middle(values[from..cut]), after = Middle(values[cut..to]);
                Found.Add(new LevelShift(_name, _whole.TimeOf(cut), _whole.Width, before, after) { P = _shifts[i].P });
            }
        }

        private void AddShifts(ShiftTest shift)
        {
            _shifts.Add((shift.From, shift.P));
            if (shift.To < _whole.Length)
                _shifts.Add((shift.To, shift.P));
        }

        private (double Before, double After) Levels(int[] cells, ShiftTest shift) => (
            Middle([.. cells.Where(cell => !shift.Holds(cell)).Select(cell => _rest.Values[cell])]),
            Middle([.. cells.Where(shift.Holds).Select(cell => _rest.Values[cell])]));

        // The mean of the middle half: unlike the median it moves when most points are equal, unlike the mean an outlier does not move it.
        private static double Middle(double[] values)
        {
            double[] sorted = [.. values.Where(value => !double.IsNaN(value)).Order()];
            int cut = sorted.Length / 4;
            return sorted.Length == 0 ? 0 : sorted[cut..(sorted.Length - cut)].Average();
        }

        private static double Squares(double[] values, int[] cells) => Math.Max(cells.Sum(cell => values[cell] * values[cell]), double.Epsilon);

        // Slow changes would look like the slowest waves: the better of a line and a step is taken out.
        private static double[] Steady(double[] values, int[] cells)
        {
            double[] line = TrendTest.Flattened(values, cells);
            (int cut, _) = ShiftTest.Cut(values, cells);
            if (cut < 0)
                return line;
            double[] step = ShiftTest.Levelled(values, cells, cut, cells.Length);
            return Squares(step, cells) < Squares(line, cells) ? step : line;
        }
    }
}
