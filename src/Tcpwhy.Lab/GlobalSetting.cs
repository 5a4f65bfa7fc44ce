using System.Globalization;

namespace Tcpwhy.Lab;

/// <summary>A setting of the whole host that a fault changes for a moment: put back at its end, or, when this process is killed meanwhile, by the next run.</summary>
internal sealed class GlobalSetting : IDisposable
{
    /// <summary>Beside the directories of the networks; a file is named by the process that changed the setting, and the setting.</summary>
    internal const string Place = "/run/tcpwhy-lab";
    const string Prefix = "was-";

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
            File.WriteAllText(kept + ".new", File.ReadAllText(PathOf(name)));
            File.Move(kept + ".new", kept, overwrite: true);
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

    /// <summary>Puts back what processes that are gone have left changed.</summary>
    public static void RestoreLeftovers()
    {
        if (!Directory.Exists(Place))
            return;
        foreach (string kept in Directory.EnumerateFiles(Place, Prefix + "*"))
        {
            string pid = Path.GetFileName(kept)[Prefix.Length..].Split('-')[0];
            if (int.TryParse(pid, NumberStyles.None, CultureInfo.InvariantCulture, out _) && !Directory.Exists($"/proc/{pid}") && !kept.EndsWith(".new", StringComparison.Ordinal))
                Restore(kept);
        }
    }

    public void Dispose() => Restore(_kept);

    static void Restore(string kept)
    {
        string file = Path.GetFileName(kept), name = file[(file.IndexOf('-', Prefix.Length) + 1)..];
        File.WriteAllText(PathOf(name), File.ReadAllText(kept).Trim());
        File.Delete(kept);
    }

    static string PathOf(string name) => $"/proc/sys/{name.Replace('.', '/')}";
}
