using Tcpwhy.Patterns;

namespace Tcpwhy.Tests.Patterns;

/// <summary>Series of known making, the same at every run.</summary>
internal sealed class Synthetic(int seed)
{
    public static readonly DateTimeOffset Start = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Step = TimeSpan.FromSeconds(5);
    private readonly Random _random = new(seed);

    /// <summary>Noise in which each value keeps the share <paramref name="memory"/> of the one before; standard deviation 1.</summary>
    public double[] Noise(int count, double memory = 0)
    {
        double[] values = new double[count];
        double state = Gauss();
        for (int i = 0; i < count; i++)
            values[i] = state = (memory * state) + (Math.Sqrt(1 - (memory * memory)) * Gauss());
        return values;
    }

    /// <summary>Student's t with 3 degrees of freedom: outliers are usual.</summary>
    public double[] HeavyTails(int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Gauss() / Math.Sqrt((Square() + Square() + Square()) / 3))];

    public double[] Counts(int count, double mean) => [.. Enumerable.Range(0, count).Select(_ => (double)Count(mean))];

    public int Count(double mean)
    {
        double product = _random.NextDouble(), floor = Math.Exp(-mean);
        int count = 0;
        for (; product > floor; product *= _random.NextDouble())
            count++;
        return count;
    }

    public int Below(int limit) => _random.Next(limit);

    /// <summary>A point every five seconds.</summary>
    public static Series Of(double[] values, string name = "connections") =>
        new(name, [.. values.Select((value, i) => new SeriesPoint(Start + (i * Step), value))]);

    /// <summary>Failures in the cells of a series, by their number.</summary>
    public static List<Failure> Failures(double[] counts, Func<int, string> peer)
    {
        List<Failure> failures = [];
        for (int i = 0; i < counts.Length; i++)
        {
            for (int k = 0; k < counts[i]; k++)
                failures.Add(new Failure(Start + (i * Step) + TimeSpan.FromMilliseconds(k), peer(i)));
        }
        return failures;
    }

    private double Square() => Math.Pow(Gauss(), 2);

    private double Gauss() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}
