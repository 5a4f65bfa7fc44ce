namespace Tcpwhy.Loading;

/// <summary>When the attempts of a load are due, in nanoseconds from its start. Latency counts from there: a target that stalls shall not escape by making the load wait (coordinated omission).</summary>
/// <param name="Rate">Attempts a second; 0 has no schedule.</param>
/// <param name="Ramp">Time in which the rate grows evenly from 0.</param>
/// <param name="Share">How many loops share the schedule.</param>
/// <param name="Turn">Which of them this one is, from 0.</param>
internal readonly record struct Schedule(double Rate, TimeSpan Ramp, int Share, int Turn)
{
    /// <summary>Whether there is a schedule at all.</summary>
    public bool Exists => Rate > 0;

    /// <summary>When attempt <paramref name="number"/> of this loop, from 0, is due.</summary>
    public long TimeOf(long number)
    {
        double overall = ((double)number * Share) + Turn;
        double ramp = Ramp.TotalSeconds;
        double begunInRamp = Rate * ramp / 2;
        double seconds = overall < begunInRamp ? Math.Sqrt(2 * overall * ramp / Rate) : ramp + ((overall - begunInRamp) / Rate);
        return (long)(seconds * 1e9);
    }
}
