namespace Tcpwhy.Patterns;

/// <summary>Sines fitted to a sequence that may have gaps.</summary>
internal static class Waves
{
    /// <summary>The sum of squares that the best sine of this frequency (cycles per cell) explains: Lomb and Scargle's power.</summary>
    public static double Power(double[] values, int[] cells, double frequency)
    {
        Fit fit = Best(values, cells, frequency);
        return fit.Explained;
    }

    /// <summary>What the best sines of a frequency and its first multiples leave.</summary>
    public static double[] Without(double[] values, int[] cells, double frequency, int harmonics)
    {
        double[] rest = (double[])values.Clone();
        for (int h = 1; h <= harmonics; h++)
        {
            Fit fit = Best(rest, cells, h * frequency);
            double turn = 2 * Math.PI * h * frequency;
            foreach (int cell in cells)
            {
                (double sine, double cosine) = Math.SinCos(turn * cell);
                rest[cell] -= (fit.Cosine * cosine) + (fit.Sine * sine);
            }
        }
        return rest;
    }

    // Least squares with both unknowns: with gaps, sine and cosine are not quite at right angles. Each step turns the
    // pair by the same angle, which costs four multiplications instead of two calls.
    private static Fit Best(double[] values, int[] cells, double frequency)
    {
        (double stepSine, double stepCosine) = Math.SinCos(2 * Math.PI * frequency);
        double sine = 0, cosine = 1, ss = 0, cc = 0, sc = 0, ys = 0, yc = 0;
        int next = 0;
        for (int cell = 0; next < cells.Length; cell++)
        {
            if (cell == cells[next])
            {
                double value = values[cell];
                ss += sine * sine;
                cc += cosine * cosine;
                sc += sine * cosine;
                ys += value * sine;
                yc += value * cosine;
                next++;
            }
            (sine, cosine) = ((sine * stepCosine) + (cosine * stepSine), (cosine * stepCosine) - (sine * stepSine));
        }
        double determinant = (cc * ss) - (sc * sc);
        if (determinant < 1e-9 * cells.Length)
            return default;
        double a = ((yc * ss) - (ys * sc)) / determinant;
        double b = ((ys * cc) - (yc * sc)) / determinant;
        return new Fit(a, b, (a * yc) + (b * ys));
    }

    private readonly record struct Fit(double Cosine, double Sine, double Explained);
}
