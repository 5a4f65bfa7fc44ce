namespace Tcpwhy.Patterns;

/// <summary>Whether failures depend on the time of day: how much the hours differ on average, against the same days each turned by an hour of its own.</summary>
internal static class ClockTest
{
    private const int Hours = 24;
    private const int FewestDays = 3;
    private const int Turns = 4_000;

    public static bool Applies(Failures failures) => (failures.End - failures.Start).TotalDays >= FewestDays;

    public static FollowsClock? Of(Failures failures, double risk)
    {
        DateTimeOffset midnight = new(failures.Start.UtcDateTime.Date, TimeSpan.Zero);
        // Whole days only: half of one would make its hours look empty.
        if (failures.Start > midnight)
            midnight = midnight.AddDays(1);
        int days = (int)(failures.End - midnight).TotalDays;
        if (days < FewestDays)
            return null;
        double[] counts = new double[days * Hours];
        foreach (Failure failure in failures.Each)
        {
            double hour = Math.Floor((failure.Time - midnight).TotalHours);
            if (hour >= 0 && hour < counts.Length)
                counts[(int)hour]++;
        }
        double[] scores = Ranks.Scores(counts);
        if (Array.TrueForAll(scores, score => score == 0))
            return null;
        int[] turns = new int[days];
        double seen = Spread(scores, turns);
        // The same numbers at every run: an answer must not change when it is asked for again.
        Random chance = new(days);
        int asGood = 0;
        for (int i = 0; i < Turns; i++)
        {
            for (int day = 0; day < days; day++)
                turns[day] = chance.Next(Hours);
            asGood += Spread(scores, turns) >= seen ? 1 : 0;
        }
        double p = (asGood + 1.0) / (Turns + 1);
        return p > risk ? null : Describe(failures.Name, counts, days) with { P = p };
    }

    private static double Spread(double[] scores, int[] turns)
    {
        double spread = 0;
        for (int hour = 0; hour < Hours; hour++)
        {
            double sum = 0;
            for (int day = 0; day < turns.Length; day++)
                sum += scores[(day * Hours) + ((hour + turns[day]) % Hours)];
            spread += sum * sum;
        }
        return spread;
    }

    private static FollowsClock Describe(string name, double[] counts, int days)
    {
        double[] means = new double[Hours];
        for (int i = 0; i < counts.Length; i++)
            means[i % Hours] += counts[i] / days;
        double all = means.Sum(), best = double.MinValue;
        (int from, int length, double there) = (0, 1, 0);
        for (int start = 0; start < Hours; start++)
        {
            double sum = 0;
            for (int size = 1; size <= Hours / 2; size++)
            {
                sum += means[(start + size - 1) % Hours];
                double contrast = ((sum / size) - ((all - sum) / (Hours - size))) * Math.Sqrt(size * (Hours - size));
                if (contrast > best)
                    (best, from, length, there) = (contrast, start, size, sum);
            }
        }
        return new FollowsClock(name, from, (from + length) % Hours, there / length, (all - there) / (Hours - length), days);
    }
}
