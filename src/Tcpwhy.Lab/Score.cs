using Tcpwhy.Lab.Healthy;
using Tcpwhy.Sources;

namespace Tcpwhy.Lab;

/// <summary>How the diagnosis did with all faults in all variations, and with healthy traffic.</summary>
public sealed record Score(IReadOnlyList<CauseScore> Causes, IReadOnlyList<HealthyTrial> Healthy)
{
    /// <summary>Trials in one window of diagnosis: their processes live until its end, about 40 MB each.</summary>
    private const int Window = 24;

    /// <summary>Kinds of healthy traffic that run side by side.</summary>
    private const int HealthySideBySide = 6;

    public int Made => Causes.Sum(cause => cause.Made);

    public int Named => Causes.Sum(cause => cause.Named);

    /// <summary>Share of the faults made that were named first.</summary>
    public double Recall => Made == 0 ? 0 : (double)Named / Made;

    /// <summary>Share of what was called trouble that was the fault made.</summary>
    public double Precision => Named == 0 ? 0 : (double)Named / (Named + Causes.Sum(cause => cause.Confusions.Values.Sum()));

    /// <summary>Findings beyond normal life in healthy traffic.</summary>
    public int FalseAlarms => Healthy.Sum(trial => trial.Alarms.Count);

    /// <summary>Makes every variation of the faults, a window of diagnosis for some dozens of them.</summary>
    /// <param name="faults">Which; one that changes a setting of the whole host is allowed to.</param>
    /// <param name="healthy">Kinds of healthy traffic to run afterwards.</param>
    /// <param name="duration">How long each kind runs.</param>
    /// <param name="watch">Opens a source for the next window.</param>
    /// <param name="onMade">Told when a fault has been made, or could not be.</param>
    /// <param name="executable">The program that plays the actors, null for this one.</param>
    public static async Task<Score> OfAsync(IReadOnlyList<Fault> faults, IReadOnlyList<HealthyTraffic> healthy, TimeSpan duration, Func<ISource> watch, Action<Trial>? onMade, CancellationToken ct, string? executable = null)
    {
        List<(string Variation, Trial Trial)> wanted = [.. faults.SelectMany(fault => Variation.Of(fault).Select(variation => (variation.Name, new Trial(fault, variation.Parameters with { AllowGlobal = fault.NeedsGlobal.Count > 0 }))))];
        List<(string Variation, Trial Trial)> judged = [];
        foreach ((string Variation, Trial Trial)[] some in Windows(wanted))
        {
            using ISource source = watch();
            (_, IReadOnlyList<Trial> trials) = await new Trials(source, executable) { SideBySide = 6, OnMade = onMade }.RunAsync([.. some.Select(one => one.Trial)], ct);
            judged.AddRange(some.Zip(trials, (one, trial) => (one.Variation, trial)));
        }
        List<HealthyTrial> lived = [];
        foreach (HealthyTraffic[] some in healthy.Chunk(HealthySideBySide))
        {
            using ISource source = watch();
            (_, IReadOnlyList<HealthyTrial> trials) = await HealthyTrial.RunAsync(source, [.. some.Select((kind, n) => new HealthyTrial(kind, new Parameters { Ipv6 = n % 2 == 1 }))], duration, null, ct, executable);
            lived.AddRange(trials);
        }
        return new Score([.. faults.Select(fault => new CauseScore(fault.Cause, [.. judged.Where(one => one.Trial.Fault == fault)]))], lived);
    }

    /// <summary>Variations of one fault do the same at the same time: mixed, each window is a mixture. One that changes the whole host is seen by all beside it, and has a window of its own.</summary>
    private static IEnumerable<(string Variation, Trial Trial)[]> Windows(List<(string Variation, Trial Trial)> wanted)
    {
        List<(string Variation, Trial Trial)> contained = [.. wanted.Where(one => one.Trial.Fault.NeedsGlobal.Count == 0)];
        int windows = (contained.Count + Window - 1) / Window;
        for (int window = 0; window < windows; window++)
            yield return [.. contained.Where((_, n) => n % windows == window)];
        foreach (IGrouping<Fault, (string, Trial)> global in wanted.Except(contained).GroupBy(one => one.Trial.Fault))
            yield return [.. global];
    }
}
