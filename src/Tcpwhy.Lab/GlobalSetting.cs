namespace Tcpwhy.Lab;

/// <summary>A setting of the whole host that a fault changes for a moment: put back at its end, or, when this process is killed meanwhile, by the next run.</summary>
internal sealed class GlobalSetting : IDisposable
{
    /// <summary>Beside the directories of the networks; a file is named by the process that changed the setting, and the setting.</summary>
    internal const string Place = "/run/tcpwhy-lab";
    const string Prefix = "was-", New = ".new";

    readonly string _kept;

    GlobalSetting(string kept) => _kept = kept;

    /// <summary>Keeps the old value in a file, then sets the new one.</summary>
    /// <exception cref="LabException">The host has no such setting, or it is read-only here.</exception>
    public static GlobalSetting Change(string name, string value)
    {
        try
        {
            Directory.CreateDirectory(Place);
            string kept = Path.Combine(Place, $"{Prefix}{Environment.ProcessId}-{name}");
            File.WriteAllText(kept + New, File.ReadAllText(PathOf(name)));
            File.Move(kept + New, kept, overwrite: true);
            var setting = new GlobalSetting(kept);
            try
            {
                File.WriteAllText(PathOf(name), value);
                return setting;
            }
            catch
            {
                setting.Dispose();
                throw;
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new LabException($"cannot change {name}: {refused.Message}", refused);
        }
    }

    /// <summary>Puts back what processes that are gone have left changed, unless a fault is at it now.</summary>
    public static void RestoreLeftovers()
    {
        if (!Directory.Exists(Place))
            return;
        using GlobalTurn? turn = GlobalTurn.TryTake();
        if (turn is not null)
            RestoreAll();
    }

    /// <summary>Puts back all that is changed: for who has the turn, all of it is left over; for who is about to end, it is his own.</summary>
    public static void RestoreAll()
    {
        foreach (string kept in Directory.EnumerateFiles(Place, Prefix + "*").Where(kept => !kept.EndsWith(New, StringComparison.Ordinal)))
            Restore(kept);
    }

    public void Dispose() => Restore(_kept);

    static void Restore(string kept)
    {
        // A signal may have come first.
        if (!File.Exists(kept))
            return;
        string file = Path.GetFileName(kept), name = file[(file.IndexOf('-', Prefix.Length) + 1)..];
        File.WriteAllText(PathOf(name), File.ReadAllText(kept).Trim());
        File.Delete(kept);
    }

    static string PathOf(string name) => $"/proc/sys/{name.Replace('.', '/')}";
}
