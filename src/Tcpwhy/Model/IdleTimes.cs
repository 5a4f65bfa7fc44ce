namespace Tcpwhy.Model;

/// <summary>How long connections had been idle at a moment of interest: the shortest, the longest and the mean of several.</summary>
public sealed record IdleTimes(TimeSpan Shortest, TimeSpan Longest, TimeSpan Mean, int Count)
{
    public static IdleTimes Of(TimeSpan time) => new(time, time, time, 1);

    /// <summary>Whether they agree as a timer's value does: within a tenth, or half a second where that is more.</summary>
    public bool Agree => Longest - Shortest <= TimeSpan.FromSeconds(Math.Max(Mean.TotalSeconds / 10, 0.5));

    /// <summary>Both together.</summary>
    public static IdleTimes? Sum(IdleTimes? one, IdleTimes? other)
    {
        if (one is null || other is null)
            return one ?? other;
        int count = one.Count + other.Count;
        return new IdleTimes(
            one.Shortest < other.Shortest ? one.Shortest : other.Shortest,
            one.Longest > other.Longest ? one.Longest : other.Longest,
            (one.Mean * one.Count + other.Mean * other.Count) / count,
            count);
    }
}
