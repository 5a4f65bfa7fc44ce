namespace Tcpwhy.Lab.Healthy;

/// <summary>The same act over and over until the time is up, side by side.</summary>
internal static class Repeated
{
    /// <summary>Runs so many lanes; <paramref name="act"/> is told its lane and says what it did, as a number of requests.</summary>
    public static async Task<long> ForAsync(TimeSpan duration, int lanes, Func<int, Task<int>> act)
    {
        long end = Environment.TickCount64 + (long)duration.TotalMilliseconds;
        long[] done = await Task.WhenAll(Enumerable.Range(0, lanes).Select(async lane =>
        {
            long sum = 0;
            while (Environment.TickCount64 < end)
                sum += await act(lane);
            return sum;
        }));
        return done.Sum();
    }
}
