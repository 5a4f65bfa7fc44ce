using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Tuning;

/// <summary>The files from which the host takes its settings at boot, in the order of sysctl.d(5): by file name over all directories, the last one wins.</summary>
/// <param name="directories">The first that has a file of some name hides the others' files of that name.</param>
/// <param name="last">Read after all of them, or null.</param>
public sealed class SysctlFiles(IReadOnlyList<string> directories, string? last)
{
    /// <summary>The name of our own file.</summary>
    public const string OwnName = "90-tcpwhy.conf";

    /// <summary>The host's own.</summary>
    public static readonly SysctlFiles OfHost = new(["/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d"], "/etc/sysctl.conf");

    /// <summary>Where our own file stands.</summary>
    public string OwnFile => Path.Combine(directories[0], OwnName);

    /// <summary>Lines that are read after our file and set the same setting, each as FILE:LINE: VALUE; they win at the next boot.</summary>
    public List<string> Overriding(string setting)
    {
        SortedDictionary<string, string> files = new(StringComparer.Ordinal);
        foreach (string directory in directories)
        {
            if (!Directory.Exists(directory))
                continue;
            foreach (string file in Directory.EnumerateFiles(directory, "*.conf"))
                files.TryAdd(Path.GetFileName(file), file);
        }
        List<string> lines = [];
        foreach ((string name, string file) in files)
        {
            if (string.CompareOrdinal(name, OwnName) > 0)
                Search(file, setting, lines);
        }
        if (last is not null)
            Search(last, setting, lines);
        return lines;
    }

    private static void Search(string file, string setting, List<string> found)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return;
        }
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            int equals = line.IndexOf('=');
            if (equals <= 0 || line[0] is '#' or ';')
                continue;
            string name = line[..equals].Trim().TrimStart('-');
            if (Sysctl.Path(name) == Sysctl.Path(setting))
                found.Add($"{file}:{i + 1}: {ValueShape.Plain(line[(equals + 1)..])}");
        }
    }
}
