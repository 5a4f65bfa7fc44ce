namespace Tcpwhy.Probing;

/// <summary>For how long each of several connections is left idle before it is used.</summary>
internal static class IdleSchedule
{
    /// <summary>A keep-alive probe cannot go out earlier: TCP_KEEPIDLE counts whole seconds.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    // Two hours in 50 steps; the next round has only a fifth of a limit to search.
    private const double UsualRatio = 1.2;
    private const int MostSteps = 56;

    /// <summary>Times from <paramref name="above"/>, or a second, up to <paramref name="longest"/>, each a fifth above the one before, but never more than 57; the last is the longest.</summary>
    public static IReadOnlyList<TimeSpan> Spread(TimeSpan above, TimeSpan longest)
    {
        List<TimeSpan> times = [];
        double ratio = Math.Max(UsualRatio, Math.Pow(longest / Shortest, 1.0 / MostSteps));
        for (TimeSpan time = above > Shortest ? above * ratio : Shortest; time < longest / Math.Sqrt(ratio); time *= ratio)
            times.Add(time);
        times.Add(longest < Shortest ? Shortest : longest);
        return times;
    }

    /// <summary>So many times, evenly spaced, above one that was survived and up to one that was not.</summary>
    public static IReadOnlyList<TimeSpan> Between(TimeSpan survived, TimeSpan ended, int count)
    {
        TimeSpan low = survived > Shortest ? survived : Shortest;
        TimeSpan[] times = new TimeSpan[count];
        for (int i = 0; i < count; i++)
            times[i] = low + ((ended - low) * (i + 1) / count);
        return times;
    }
}
