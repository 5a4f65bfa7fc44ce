using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Tuning;

/// <summary>Takes back what was never confirmed and has nobody left to take it back: every start as root does so first.</summary>
public sealed class Recovery(ProcFs proc, JournalStore store, Boot boot)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Undoes changes whose time is over or whose guard was killed, and forgets namespaces that are no more.</summary>
    /// <param name="spared">A target whose guard may be dead, since it is confirmed or rolled back now.</param>
    public List<(string Target, Undone Undone)> Run(string? spared = null)
    {
        List<(string, Undone)> done = [];
        if (!store.Exists)
            return done;
        List<(string Key, Journal Journal)> all = [.. store.All()];
        bool settled = store.SomethingWaits && !all.Exists(one => one.Journal.Pending is not null);
        if (!settled && !all.Exists(one => IsDue(one.Key, one.Journal, spared)))
            return done;
        using IDisposable held = store.Lock(Patience);
        store.Settle();
        foreach ((string key, Journal journal) in store.All().ToList())
        {
            if (IsDue(key, journal, spared) && Recover(key, journal) is { } undone)
                done.Add((journal.Target, undone));
        }
        return done;
    }

    /// <summary>The target of a journal as it is now; null when it is no more.</summary>
    public Target? Find(Journal journal)
    {
        if (journal.IsHost)
            return Target.Find(proc, null) is { IsHost: true } host ? host : null;
        if (journal.Boot != boot.Id)
            return null;
        IEnumerable<string> paths = NetworkNamespace.List(proc).Where(one => one.Inode == journal.Netns).Select(one => one.Path);
        foreach (string path in paths.Prepend(journal.Path).OfType<string>().Where(File.Exists))
        {
            try
            {
                Target target = Target.At(path, journal.Target, proc);
                if (target.Netns == journal.Netns && target.Cookie == journal.Cookie)
                    return target;
            }
            catch (ToolException)
            {
                // The name was given to something else.
            }
        }
        return null;
    }

    private bool IsDue(string key, Journal journal, string? spared)
    {
        if (!journal.IsHost && journal.Boot != boot.Id)
            return true;
        return journal.Pending is { } pending
            && (journal.Boot != boot.Id || boot.Nanoseconds >= pending.DeadlineNanoseconds || (key != spared && !boot.Runs(pending.TimerPid, pending.TimerStart)));
    }

    private Undone? Recover(string key, Journal journal)
    {
        if (Find(journal) is not { } target)
        {
            // Its settings ended with it. The host's journal is for the host to act on.
            if (!journal.IsHost)
                store.Remove(key);
            return null;
        }
        var tuner = new Tuner(proc, store, boot);
        if (journal.Boot == boot.Id)
            return tuner.UndoPending(target, boot.Nanoseconds >= journal.Pending!.DeadlineNanoseconds ? "not-confirmed" : "timer-killed");
        // The reboot has undone the values; our file holds what was confirmed before.
        var undone = new Undone(boot.Now, "reboot", [.. journal.Pending!.Values.Select(value => value.Setting)], []);
        Journal settled = journal with { Layers = journal.Settled, Boot = boot.Id, Last = undone };
        if (journal.File is { } file && Directory.Exists(Path.GetDirectoryName(file)))
            OwnFile.Set(file, settled.InForce());
        store.Write(key, settled);
        return undone;
    }
}
