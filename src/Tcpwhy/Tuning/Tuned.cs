using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Tuning;

/// <summary>A target that was tuned, as it is now.</summary>
/// <param name="State">"waiting" for confirmation, "confirmed", or "untouched" when all was undone.</param>
public sealed record Tuned(Journal Journal, string State, bool GuardRuns, IReadOnlyList<TunedSetting> Settings)
{
    /// <summary>Looks at every target that was ever tuned and is still there.</summary>
    public static List<Tuned> All(ProcFs proc, JournalStore store, Boot boot)
    {
        List<Tuned> all = [];
        foreach ((_, Journal journal) in store.All())
        {
            if (new Recovery(proc, store, boot).Find(journal) is { } target)
                all.Add(Of(proc, boot, target, journal));
        }
        return all;
    }

    public static Tuned Of(ProcFs proc, Boot boot, Target target, Journal journal)
    {
        var sysctl = new Sysctl(proc);
        List<TunedSetting> settings = [];
        foreach (IGrouping<string, Written> history in journal.Layers.SelectMany(layer => layer.Values).GroupBy(value => value.Setting))
        {
            string? now = target.Run(() => sysctl.Text(history.Key));
            settings.Add(new TunedSetting(history.Key, ValueShape.Plain(history.First().Before), history.Last().To, now is null ? null : ValueShape.Plain(now)));
        }
        string state = journal.Pending is not null ? "waiting" : settings.Count > 0 ? "confirmed" : "untouched";
        return new Tuned(journal, state, journal.Pending is { } pending && boot.Runs(pending.TimerPid, pending.TimerStart), settings);
    }
}

/// <summary>One setting that we set: the value before us, ours, and the one now.</summary>
public sealed record TunedSetting(string Setting, string Before, string To, string? Now);
