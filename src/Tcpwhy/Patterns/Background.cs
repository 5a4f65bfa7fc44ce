namespace Tcpwhy.Patterns;

/// <summary>The power that noise alone has at each frequency, such that what a sine explains of it is exponential with mean 1: the greatest of what AR(1) has there, what the neighbouring frequencies show, and a power law through all.</summary>
internal sealed class Background
{
    /// <summary>Independent frequencies on either side whose median is taken: a line and its skirts are fewer.</summary>
    private const int Neighbours = 8;

    /// <summary>The mean of the logarithm of an exponential with mean 1, its sign turned.</summary>
    private const double EulerGamma = 0.5772156649;

    private readonly double[] _levels;

    private Background(double[] levels) => _levels = levels;

    /// <param name="powers">Power at equally spaced frequencies, up to the highest there is.</param>
    /// <param name="first">The first of them that is meant.</param>
    /// <param name="oversampling">How many of them make an independent one.</param>
    public static Background Of(double[] powers, int first, double variance, double memory, int oversampling)
    {
        double[] levels = new double[powers.Length];
        (double height, double slope) = PowerLaw(powers, oversampling);
        int reach = Neighbours * oversampling;
        for (int i = first; i < levels.Length; i++)
        {
            double turn = Math.PI * i / (levels.Length - 1);
            double red = 2 * variance * (1 - (memory * memory)) / (1 + (memory * memory) - (2 * memory * Math.Cos(turn)));
            int from = Math.Max(first, Math.Min(i - reach, levels.Length - (2 * reach) - 1)), to = Math.Min(levels.Length, from + (2 * reach) + 1);
            // The median of an exponential is ln 2 of its mean.
            double near = Median(powers.AsSpan(from, to - from)) / Math.Log(2);
            levels[i] = Math.Max(Math.Max(red, near), Math.Exp(height - (slope * Math.Log(i))));
        }
        return new Background(levels);
    }

    /// <summary>Powers in units of what noise has there.</summary>
    public double[] Above(double[] powers)
    {
        double[] above = new double[powers.Length];
        for (int i = 0; i < above.Length; i++)
            above[i] = _levels[i] > 0 ? powers[i] / _levels[i] : 0;
        return above;
    }

    /// <summary>The level at a place between two frequencies.</summary>
    public double At(double place) => _levels[Math.Clamp((int)Math.Round(place), 0, _levels.Length - 1)];

    // Each octave weighs the same: traffic has most of its power in the few lowest frequencies, where a wave of some
    // cycles would otherwise be seen in every long memory.
    private static (double Height, double Slope) PowerLaw(double[] powers, int oversampling)
    {
        double weight = 0, x = 0, y = 0, xx = 0, xy = 0;
        for (int i = oversampling; i < powers.Length; i += oversampling)
        {
            if (powers[i] <= 0)
                continue;
            double part = 1.0 / i, along = Math.Log(i), up = Math.Log(powers[i]) + EulerGamma;
            weight += part;
            x += part * along;
            y += part * up;
            xx += part * along * along;
            xy += part * along * up;
        }
        double spread = (weight * xx) - (x * x);
        if (spread <= 0)
            return (double.NegativeInfinity, 0);
        double slope = Math.Max(-((weight * xy) - (x * y)) / spread, 0);
        return ((y + (slope * x)) / weight, slope);
    }

    private static double Median(ReadOnlySpan<double> values)
    {
        double[] sorted = values.ToArray();
        Array.Sort(sorted);
        return sorted[sorted.Length / 2];
    }
}
