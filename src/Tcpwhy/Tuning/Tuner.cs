using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Tuning;

/// <summary>Changes settings so that every change can be undone, and is undone unless it is confirmed. All of it happens under the store's lock.</summary>
public sealed class Tuner(ProcFs proc, JournalStore store, Boot boot)
{
    private readonly Sysctl _sysctl = new(proc);

    /// <summary>Writes a plan's values: first what has to be undone is stored, then the guard starts, then the settings change and are read back.</summary>
    /// <param name="startGuard">Starts the process that undoes it when nobody confirms, and returns its pid when it watches.</param>
    /// <exception cref="ToolException">An earlier change waits for confirmation, a value changed since the plan was made, or the kernel refused; then nothing is changed.</exception>
    public Journal Apply(Target target, SysctlFiles files, IReadOnlyList<Change> changes, TimeSpan confirmWithin, FailureCount baseline, Func<string, int> startGuard)
    {
        Journal before = JournalOf(target, files);
        if (before.Pending is not null)
            throw new ToolException("an earlier change waits for 'tcpwhy tune confirm' or 'tcpwhy tune rollback'", ExitCode.Usage);
        if (before.File is { } file)
            OwnFile.Check(file);
        List<Written> values = [.. changes.Select(change => new Written(change.Setting.Name, Unchanged(target, change), change.Setting.Shape.Check(change.Setting.Name, change.To)))];
        DateTimeOffset now = boot.Now;
        var layer = new Layer
        {
            Applied = now,
            ConfirmBy = now + confirmWithin,
            DeadlineNanoseconds = boot.Nanoseconds + (long)confirmWithin.TotalNanoseconds,
            Baseline = baseline,
            Began = FailureCount.Read(proc, target),
            Values = values,
        };
        Journal journal = before with { Layers = [.. before.Layers, layer], Last = null };
        store.Write(target.Key, journal);
        try
        {
            int pid = startGuard(target.Key);
            journal = before with { Layers = [.. before.Layers, layer with { TimerPid = pid, TimerStart = boot.StartOf(pid) ?? 0 }], Last = null };
            store.Write(target.Key, journal);
            foreach (Written value in values)
                Set(target, value.Setting, value.To);
            return journal;
        }
        catch (Exception refused) when (refused is KernelException or ToolException or IOException or InvalidOperationException)
        {
            Undo(target, journal, "apply-failed", force: false);
            throw new ToolException($"nothing was changed: {Sentence.Of(refused)}", refused is KernelException { Errno: Errno.EPERM or Errno.EACCES } ? ExitCode.PrivilegeMissing : ExitCode.KernelFeatureMissing);
        }
    }

    /// <summary>Makes the waiting change last: for the host also beyond a reboot, by our file under sysctl.d.</summary>
    /// <exception cref="ToolException">Nothing waits.</exception>
    public Journal Confirm(Target target)
    {
        if (store.Read(target.Key) is not { Pending: { } pending } journal)
            throw new ToolException("nothing waits for confirmation", ExitCode.Usage);
        Journal confirmed = journal with { Layers = [.. journal.Settled, pending with { Confirmed = boot.Now }] };
        // The file first: if we are killed between the two, undoing the unconfirmed layer takes it back.
        if (journal.File is { } file)
            OwnFile.Set(file, confirmed.InForce());
        store.Write(target.Key, confirmed);
        return confirmed;
    }

    /// <summary>Undoes all that was ever applied to a target. Values that somebody else changed since stay, unless forced.</summary>
    /// <exception cref="ToolException">Nothing was applied, or the kernel refused.</exception>
    public Undone Rollback(Target target, bool force)
    {
        if (store.Read(target.Key) is not { Layers.Count: > 0 } journal)
            throw new ToolException("nothing that tcpwhy applied is in force", ExitCode.Usage);
        List<string> restored = [], kept = [];
        List<Layer> left = [];
        foreach (IGrouping<string, Written> history in journal.Layers.SelectMany(layer => layer.Values).Reverse().GroupBy(value => value.Setting))
            (Restore(target, history.First() with { Before = history.Last().Before }, force) ? restored : kept).Add(history.Key);
        foreach (Layer layer in journal.Layers)
        {
            if (layer.Values.Where(value => kept.Contains(value.Setting)).ToList() is { Count: > 0 } values)
                left.Add(layer with { Values = values, RolledBack = true, Confirmed = layer.Confirmed ?? boot.Now });
        }
        if (journal.File is { } file)
            OwnFile.Set(file, []);
        var undone = new Undone(boot.Now, "rollback", restored, kept);
        store.Write(target.Key, journal with { Layers = left, Last = undone });
        return undone;
    }

    /// <summary>Undoes the change that waits for confirmation, if one does.</summary>
    public Undone? UndoPending(Target target, string why) =>
        store.Read(target.Key) is { Pending: not null } journal ? Undo(target, journal, why, force: false) : null;

    /// <summary>What stands in a target's journal that somebody else has changed since: the setting, our value, the value now.</summary>
    public List<(Written Ours, string Now)> Foreign(Target target, Journal journal)
    {
        List<(Written, string)> foreign = [];
        foreach (Written value in journal.InForce())
        {
            string now = ValueShape.Plain(target.Run(() => _sysctl.Text(value.Setting)) ?? "");
            if (now != value.To)
                foreign.Add((value, now));
        }
        return foreign;
    }

    private Undone Undo(Target target, Journal journal, string why, bool force)
    {
        List<string> restored = [], kept = [];
        foreach (Written value in journal.Pending!.Values.Reverse())
            (Restore(target, value, force) ? restored : kept).Add(value.Setting);
        Journal before = journal with { Layers = journal.Settled };
        if (journal.File is { } file && Directory.Exists(Path.GetDirectoryName(file)))
            OwnFile.Set(file, before.InForce());
        var undone = new Undone(boot.Now, why, restored, kept);
        store.Write(target.Key, before with { Last = undone });
        return undone;
    }

    /// <summary>Writes the value before, unless somebody else has put another in the place of ours.</summary>
    private bool Restore(Target target, Written value, bool force)
    {
        string now = ValueShape.Plain(target.Run(() => _sysctl.Text(value.Setting)) ?? "");
        string before = ValueShape.Plain(value.Before);
        if (now == before)
            return true;
        if (now != value.To && !force)
            return false;
        Set(target, value.Setting, value.Before);
        return true;
    }

    private void Set(Target target, string setting, string value)
    {
        target.Run(() => _sysctl.Write(setting, value));
        string now = ValueShape.Plain(target.Run(() => _sysctl.Text(setting)) ?? "");
        if (now != ValueShape.Plain(value))
            throw new ToolException($"{setting}: the kernel made '{now}' of '{ValueShape.Plain(value)}'", ExitCode.KernelFeatureMissing);
    }

    /// <summary>The kernel's own text of a value, when it is still what the plan was made for.</summary>
    private string Unchanged(Target target, Change change)
    {
        string now = target.Run(() => _sysctl.Text(change.Setting.Name)) ?? throw new ToolException($"{change.Setting.Name}: not here any more", ExitCode.KernelFeatureMissing);
        return ValueShape.Plain(now) == change.From ? now : throw new ToolException($"{change.Setting.Name} became '{ValueShape.Plain(now)}' while the plan was made; plan again", ExitCode.Usage);
    }

    private Journal JournalOf(Target target, SysctlFiles files)
    {
        Journal? known = store.Read(target.Key);
        // After a reboot a namespace's number belongs to another one.
        if (known is null || (!target.IsHost && known.Boot != boot.Id))
            known = new Journal { Target = target.Name, IsHost = target.IsHost, Path = target.Path, Netns = target.Netns, Cookie = target.Cookie, Boot = boot.Id };
        string? file = target.IsHost ? files.OwnFile : null;
        if (known.Layers.Count > 0 && known.File != file)
            throw new ToolException($"earlier changes are kept in {known.File}: give that directory with --sysctl-directory, or roll back first", ExitCode.Usage);
        return known with { Boot = boot.Id, File = file };
    }
}
