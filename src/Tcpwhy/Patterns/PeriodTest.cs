using MathNet.Numerics;

namespace Tcpwhy.Patterns;

/// <summary>Lomb-Scargle with harmonics: the strongest line of the spectrum, above what red noise of the same memory shows there.</summary>
/// <param name="Frequency">In cycles per cell.</param>
/// <param name="Harmonics">How many multiples of it belong to the line.</param>
internal readonly record struct PeriodTest(double P, double Frequency, int Harmonics)
{
    /// <summary>What came twice may be chance; what is called a period was there this many times.</summary>
    private const int FewestCycles = 4;
    private const int FewestCellsPerCycle = 3;
    private const int FewestCells = 40;

    /// <summary>Frequencies next to an independent one and the three shapes are not independent of it: measured on noise, each counts as three.</summary>
    private const int Trials = 9;

    /// <summary>Frequencies tried for each independent one: a line between two of them would be missed.</summary>
    private const int Oversampling = 4;

    /// <param name="scores">With mean 0, without trend and shift; NaN where there is no point.</param>
    public static PeriodTest Of(double[] scores)
    {
        int[] cells = Ranks.Present(scores);
        int span = scores.Length;
        int least = FewestCycles * Oversampling, most = span * Oversampling / FewestCellsPerCycle;
        double unit = 1.0 / (Oversampling * span);
        if (cells.Length < FewestCells || most <= least || Variance(scores, cells) <= 0)
            return new PeriodTest(1, 0, 0);

        double[] powers = new double[(span * Oversampling / 2) + 1];
        for (int i = Oversampling; i < powers.Length; i++)
            powers[i] = Waves.Power(scores, cells, i * unit);
        double[] strengths = Background.Of(powers, least, Variance(scores, cells), RedNoise.Memory(scores, 1), Oversampling).Above(powers);
        PeriodTest best = new(2, 0, 0);
        for (int i = least; i <= most; i++)
        {
            // A sine is one line; a short burst in each cycle is spread over many.
            for (int order = 1; order <= 4 && order * i < strengths.Length; order *= 2)
            {
                double tail = Tail(order, strengths, i);
                if (tail < best.P)
                    best = new PeriodTest(tail, i * unit, order);
            }
        }
        best = best with { Frequency = Sharpened(scores, cells, best, unit) };

        // The line itself makes neighbours alike: what the noise remembers shows without it.
        double[] rest = Waves.Without(scores, cells, best.Frequency, best.Harmonics);
        for (int i = Oversampling; i < powers.Length; i++)
            powers[i] = Waves.Power(rest, cells, i * unit);
        double memory = RedNoise.Memory(rest, 2 * best.Harmonics);
        double free = Math.Max((cells.Length * (1 - (memory * memory)) / (1 + (memory * memory))) - (2 * best.Harmonics) - 2, 2);
        Background noise = Background.Of(powers, least, Variance(rest, cells), memory, Oversampling);
        double strength = 0;
        for (int h = 1; h <= best.Harmonics; h++)
            strength += Waves.Power(scores, cells, h * best.Frequency) / noise.At(h * best.Frequency / unit);
        // The tail of F and not of an exponential: the noise's variance is an estimate too.
        double alone = SpecialFunctions.BetaRegularized(free / 2, best.Harmonics, free / (free + (2 * strength)));
        double tried = (double)(most - least) / Oversampling * Trials;
        return best with { P = Math.Clamp(1 - Math.Pow(1 - Math.Min(alone, 0.5), tried), Math.Min(alone * tried, 1), 1) };
    }

    private static double Tail(int order, double[] strengths, int at)
    {
        double sum = 0;
        for (int h = 1; h <= order; h++)
            sum += strengths[h * at];
        double terms = order switch
        {
            1 => 1,
            2 => 1 + sum,
            _ => 1 + sum + (sum * sum / 2) + (sum * sum * sum / 6),
        };
        return Math.Exp(-sum) * terms;
    }

    private static double Sharpened(double[] scores, int[] cells, PeriodTest rough, double unit)
    {
        double best = 0, at = rough.Frequency;
        for (int step = -8; step <= 8; step++)
        {
            double frequency = rough.Frequency + (step * unit / 8), power = 0;
            for (int h = 1; h <= rough.Harmonics; h++)
                power += Waves.Power(scores, cells, h * frequency);
            if (power > best)
                (best, at) = (power, frequency);
        }
        return at;
    }

    private static double Variance(double[] values, int[] cells) => cells.Sum(cell => values[cell] * values[cell]) / Math.Max(cells.Length, 1);
}
