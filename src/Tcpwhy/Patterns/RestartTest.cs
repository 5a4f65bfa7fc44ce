using MathNet.Numerics.Distributions;

namespace Tcpwhy.Patterns;

/// <summary>Whether failures crowd behind the restarts of a process: more fall there than if the same restarts had been at any other time.</summary>
internal static class RestartTest
{
    /// <summary>How long after a start it is held accountable.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static FollowsRestart? Of(Failures failures, string comm, Grid counts, double risk)
    {
        DateTimeOffset[] starts = [.. failures.Restarts.Where(restart => restart.Comm == comm && counts.CellOf(restart.Time) >= 0 && counts.CellOf(restart.Time) < counts.Length).Select(restart => restart.Time).Order()];
        if (starts.Length == 0)
            return null;
        // A twentieth of the window, but at least the cell of the start and the one behind it.
        int reach = Math.Clamp((int)(Longest / counts.Width), 1, Math.Max(counts.Length / 20, 1));
        bool[] near = new bool[counts.Length];
        foreach (DateTimeOffset start in starts)
        {
            int cell = counts.CellOf(start);
            for (int i = cell; i <= Math.Min(cell + reach, near.Length - 1); i++)
                near[i] = true;
        }
        int nearCells = near.Count(one => one);
        double share = (double)nearCells / near.Length;
        long total = 0, behind = 0;
        for (int i = 0; i < near.Length; i++)
        {
            total += (long)counts.Values[i];
            behind += near[i] ? (long)counts.Values[i] : 0;
        }
        if (total == 0 || behind <= share * total)
            return null;
        double p = Chance(counts.Values, near, behind, reach);
        return p > risk ? null : new FollowsRestart(failures.Name, comm, starts.Length, reach * counts.Width, behind, total, share) { P = p, First = starts[0] };
    }

    /// <summary>Compares with the same pattern of times turned round the window, which keeps outbursts as long and as strong as they are; by a little more than the reach at least, since a smaller turn holds the same outbursts.</summary>
    private static double Chance(double[] counts, bool[] near, long behind, int reach)
    {
        int asGood = 0, turns = 0, length = counts.Length;
        double mean = 0, squares = 0;
        for (int turn = reach + 1; turn < length - reach; turn++)
        {
            double sum = 0;
            for (int i = 0; i < length; i++)
                sum += near[i] ? counts[(i + turn) % length] : 0;
            asGood += sum >= behind ? 1 : 0;
            mean += sum;
            squares += sum * sum;
            turns++;
        }
        if (turns == 0)
            return 1;
        mean /= turns;
        double deviation = Math.Sqrt(Math.Max((squares / turns) - (mean * mean), 0));
        double counted = (double)(asGood + 1) / (turns + 1);
        if (deviation <= 0 || asGood > 0)
            return counted;
        // No turn does as well, and there are no more turns to tell how rare that is: what the others' spread says, with
        // the tail of few points, since outbursts are no normal noise.
        return Math.Min(counted, StudentT.CDF(0, 1, 5, -(behind - mean) / deviation));
    }
}
