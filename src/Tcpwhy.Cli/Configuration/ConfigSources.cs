using Tcpwhy.Model;

namespace Tcpwhy.Cli.Configuration;

/// <summary>Where settings come from: files, then variables; what comes later wins.</summary>
/// <param name="Files">Paths, whether or not there is such a file.</param>
/// <param name="Variables">The environment's variables that begin with TCPWHY_.</param>
internal sealed record ConfigSources(IReadOnlyList<string> Files, IReadOnlyList<KeyValuePair<string, string>> Variables)
{
    public static readonly ConfigSources None = new([], []);

    /// <summary>Those of this process: /etc/tcpwhy/config.yaml, $XDG_CONFIG_HOME/tcpwhy/config.yaml, TCPWHY_*.</summary>
    public static ConfigSources OfThisProcess()
    {
        string? home = Environment.GetEnvironmentVariable("XDG_CONFIG_HOME");
        // A relative path there is to be ignored (XDG Base Directory Specification).
        if (string.IsNullOrEmpty(home) || home[0] != '/')
            home = Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } user ? Path.Combine(user, ".config") : null;
        List<KeyValuePair<string, string>> variables = [];
        foreach (System.Collections.DictionaryEntry one in Environment.GetEnvironmentVariables())
        {
            if (one is { Key: string name, Value: string value } && name.StartsWith("TCPWHY_", StringComparison.Ordinal))
                variables.Add(new(name, value));
        }
        return new ConfigSources(home is null ? ["/etc/tcpwhy/config.yaml"] : ["/etc/tcpwhy/config.yaml", Path.Combine(home, "tcpwhy/config.yaml")], variables);
    }

    /// <summary>Whether nothing is configured at all.</summary>
    public bool IsEmpty => Variables.Count == 0 && !Files.Any(File.Exists);

    /// <summary>The settings of a file.</summary>
    /// <exception cref="ToolException">It cannot be read, is no YAML of settings, or others may write it.</exception>
    public static List<ConfigSetting> Read(string file)
    {
        const UnixFileMode Others = UnixFileMode.OtherWrite;
        try
        {
            using StreamReader text = new(file);
            if ((File.GetUnixFileMode(file) & Others) != 0)
                throw new ToolException($"{file}: everybody may write it, so it is not trusted; chmod o-w", ExitCode.Usage);
            return YamlSettings.Read(file, text);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{file}: {unreadable.Message}", ExitCode.Usage);
        }
    }
}
