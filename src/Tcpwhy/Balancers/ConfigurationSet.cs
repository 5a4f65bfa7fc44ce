using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers;

/// <summary>The configuration files of a chain, each told by what stands in it.</summary>
public sealed class ConfigurationSet
{
    private static readonly string[] HaproxySections = ["global", "defaults", "frontend", "backend", "listen", "resolvers", "peers", "userlist", "cache", "mailers", "program", "ring"];

    private ConfigurationSet(IReadOnlyList<SourceFile> haproxyFiles, HaproxySetup? haproxy, IReadOnlyList<NginxSetup> nginx, SysctlSetup? kernel, int count) =>
        (HaproxyFiles, Haproxy, Nginx, Kernel, Count) = (haproxyFiles, haproxy, nginx, kernel, count);

    public IReadOnlyList<SourceFile> HaproxyFiles { get; }

    /// <summary>All haproxy.cfg files together, as one HAProxy reads them.</summary>
    public HaproxySetup? Haproxy { get; }

    /// <summary>Each nginx.conf with what it includes.</summary>
    public IReadOnlyList<NginxSetup> Nginx { get; }

    public SysctlSetup? Kernel { get; }

    /// <summary>How many files were read, included ones too.</summary>
    public int Count { get; }

    /// <summary>Reads files, and of directories the .cfg and .conf files in the order of their names.</summary>
    /// <exception cref="ToolException">One does not exist (exit code 2) or cannot be read (7).</exception>
    /// <exception cref="InvalidDataException">One is malformed; the message begins with file and line.</exception>
    public static ConfigurationSet Read(IEnumerable<string> paths)
    {
        List<SourceFile> haproxy = [], nginx = [], sysctl = [];
        foreach (string path in paths.SelectMany(Files))
        {
            SourceFile file = SourceFile.Read(path);
            List<SourceFile> kind = KindOf(file) switch
            {
                'h' => haproxy,
                's' => sysctl,
                _ => nginx,
            };
            kind.Add(file);
        }
        List<NginxSetup> setups = [.. nginx.Select(NginxSetup.Read)];
        // A part that the main file includes was read with it, where it stands.
        setups.RemoveAll(part => setups.Exists(whole => whole != part && whole.Files.Skip(1).Any(file => Path.GetFullPath(file.Path) == Path.GetFullPath(part.Main.Path))));
        return new ConfigurationSet(
            haproxy,
            haproxy.Count > 0 ? HaproxySetup.Read(haproxy) : null,
            setups,
            sysctl.Count > 0 ? SysctlSetup.Read(sysctl) : null,
            haproxy.Count + sysctl.Count + setups.Sum(setup => setup.Files.Count));
    }

    private static IEnumerable<string> Files(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw new ToolException($"{path}: no such file", ExitCode.Usage);
        string[] files = [.. Directory.GetFiles(path).Where(file => Path.GetExtension(file) is ".cfg" or ".conf").Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw new ToolException($"{path}: no .cfg or .conf file in it", ExitCode.Usage);
    }

    /// <summary>'h' for HAProxy, 'n' for nginx, 's' for sysctl.d: by the first line that says something, else by the name.</summary>
    private static char KindOf(SourceFile file)
    {
        for (int number = 1; number <= file.LineCount; number++)
        {
            string line = file.Text[file.StartOf(number)..file.EndOf(number)].Trim();
            if (line.Length == 0 || line[0] is '#' or '.')
                continue;
            string first = line.Split(' ', '\t', '=', ';', '{')[0];
            if (HaproxySections.Contains(first) && !line.EndsWith('{') && !line.EndsWith(';'))
                return 'h';
            bool setting = line[0] == ';' || (first.Contains('.', StringComparison.Ordinal) || first.Contains('/', StringComparison.Ordinal)) && !line.EndsWith(';') && !line.EndsWith('{');
            return setting ? 's' : ByName(file.Path);
        }
        return ByName(file.Path);
    }

    private static char ByName(string path) => Path.GetExtension(path) == ".cfg" ? 'h' : path.Contains("sysctl", StringComparison.Ordinal) ? 's' : 'n';
}
