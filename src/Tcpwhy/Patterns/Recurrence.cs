namespace Tcpwhy.Patterns;

/// <summary>What comes back: the true period of a line in the spectrum, and how high it goes.</summary>
internal static class Recurrence
{
    /// <summary>The period in cells. Bursts have their multiples of frequency as strong as the first: the shortest distance at which the series resembles itself decides.</summary>
    public static double Of(double[] values, double period, int harmonics)
    {
        if (harmonics == 1)
            return period;
        double best = 0;
        double[] likeness = new double[5];
        for (int times = 1; times <= 4 && times * period * 3 <= values.Length; times++)
        {
            likeness[times] = Likeness(values, (int)Math.Round(times * period));
            best = Math.Max(best, likeness[times]);
        }
        for (int times = 1; times <= 4; times++)
        {
            if (likeness[times] >= 0.7 * best && best > 0)
                return times * period;
        }
        return period;
    }

    /// <summary>The cycle: its values folded over each other.</summary>
    public static Periodic Describe(string name, Grid whole, double[] steady, double period, double share)
    {
        int parts = Math.Clamp((int)period, 3, 12);
        double[] sums = new double[parts];
        int[] counts = new int[parts];
        double middle = 0;
        int present = 0;
        for (int cell = 0; cell < steady.Length; cell++)
        {
            if (double.IsNaN(steady[cell]))
                continue;
            int part = Math.Min((int)(cell % period / period * parts), parts - 1);
            sums[part] += steady[cell];
            counts[part]++;
            middle += whole.Values[cell];
            present++;
        }
        middle /= present;
        int highest = 0, lowest = 0;
        for (int part = 0; part < parts; part++)
        {
            sums[part] = counts[part] == 0 ? 0 : sums[part] / counts[part];
            if (sums[part] > sums[highest])
                highest = part;
            if (sums[part] < sums[lowest])
                lowest = part;
        }
        DateTimeOffset peak = whole.Start + ((highest + 0.5) / parts * period * whole.Width);
        double floor = whole.Values.Where(value => !double.IsNaN(value)).Min();
        return new Periodic(name, period * whole.Width, steady.Length / period, Math.Max(middle + sums[lowest], floor), middle + sums[highest], peak, Math.Clamp(share, 0, 1));
    }

    private static double Likeness(double[] values, int lag)
    {
        double products = 0, squares = 0;
        int pairs = 0, count = 0;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
                continue;
            squares += values[i] * values[i];
            count++;
            if (i + lag < values.Length && !double.IsNaN(values[i + lag]))
            {
                products += values[i] * values[i + lag];
                pairs++;
            }
        }
        return pairs == 0 || squares == 0 ? 0 : products / pairs / (squares / count);
    }
}
