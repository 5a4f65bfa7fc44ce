using System.CommandLine;
using Tcpwhy.Alerting;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Configuration;

/// <summary>What is configured, checked against what the commands take: each value is parsed as its option would parse it.</summary>
internal sealed class Config
{
    private readonly RootCommand _root;
    private readonly Dictionary<string, (ConfigKey Key, ConfigSetting Setting)> _settings = new(StringComparer.Ordinal);
    private readonly AlertSettings _alerts = new();

    private Config(RootCommand root) => (_root, Keys) = (root, ConfigKey.All(root));

    /// <summary>Everything that can be configured.</summary>
    public IReadOnlyList<ConfigKey> Keys { get; }

    /// <summary>What is set and from where, in the order of the keys.</summary>
    public IEnumerable<(ConfigKey Key, ConfigSetting Setting)> Settings => Keys.Where(key => _settings.ContainsKey(key.Name)).Select(key => _settings[key.Name]);

    /// <summary>Everything that is set, those of alerts among it, as a person may see it: secrets are masked.</summary>
    public IEnumerable<ConfigSetting> Shown => Settings.Select(one => one.Setting).Concat(_alerts.Shown);

    /// <summary>What is an alert, and who is told.</summary>
    public AlertPlan Alerts { get; private set; } = AlertPlan.Usual;

    /// <summary>Reads and checks every source.</summary>
    /// <exception cref="ToolException">A key is unknown, or a value wrong: says where, and what would be right.</exception>
    public static Config Read(RootCommand root, ConfigSources sources)
    {
        var config = new Config(root);
        foreach (string file in sources.Files)
        {
            if (File.Exists(file))
                ConfigSources.Read(file).ForEach(config.Set);
        }
        foreach ((string name, string value) in sources.Variables.OrderBy(one => one.Key, StringComparer.Ordinal))
            config.SetVariable(name, value);
        config.Alerts = config._alerts.Plan();
        return config;
    }

    /// <summary>Whether the value is right for the key.</summary>
    public bool Takes(ConfigKey key, string value) => Wrong(key, new ConfigSetting(key.Name, [value], "")) is null;

    /// <summary>The command line with what is configured for its command and not said on it.</summary>
    public string[] Applied(string[] arguments, ParseResult parsed)
    {
        List<string> command = [];
        for (System.CommandLine.Parsing.CommandResult? one = parsed.CommandResult; one is not null && one.Command != _root; one = one.Parent as System.CommandLine.Parsing.CommandResult)
            command.Insert(0, one.Command.Name);
        List<string> added = [];
        foreach ((ConfigKey key, ConfigSetting setting) in Settings)
        {
            bool concerns = key.Command.Count == 0 || key.Command.SequenceEqual(command);
            if (concerns && !IsGiven(parsed, key.Symbol))
                added.AddRange(key.Words(setting.Values));
        }
        int end = Array.IndexOf(arguments, "--");
        return end < 0 ? [.. arguments, .. added] : [.. arguments[..end], .. added, .. arguments[end..]];
    }

    private static bool IsGiven(ParseResult parsed, Symbol symbol) => symbol switch
    {
        Option option => parsed.GetResult(option) is { Implicit: false },
        Argument argument => parsed.GetResult(argument) is { Tokens.Count: > 0 },
        _ => false,
    };

    private void SetVariable(string name, string value)
    {
        if (Keys.FirstOrDefault(key => key.Variable == name) is { } key)
        {
            Set(new ConfigSetting(key.Name, key.TakesMany ? value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : [value], name));
            return;
        }
        if (Array.Find(AlertKey.Own, key => key.Variable == name) is { } alert)
        {
            Set(new ConfigSetting($"{AlertKey.Section}.{alert.Name}", [value], name));
            return;
        }
        // Others may have variables of that prefix: one that begins as ours do is a slip.
        string rest = name["TCPWHY_".Length..];
        string first = rest.Split('_')[0].ToLowerInvariant();
        if (!rest.Contains('_') || first == AlertKey.Section || _root.Subcommands.Any(command => command.Name == first))
            throw new ToolException($"{name}: no such setting{Nearest.Hint(name, [.. Keys.Select(one => one.Variable), .. AlertKey.Own.Select(one => one.Variable)])}", ExitCode.Usage);
    }

    private void Set(ConfigSetting setting)
    {
        if (AlertSettings.Has(setting.Key))
        {
            _alerts.Set(setting);
            return;
        }
        if (Keys.FirstOrDefault(one => one.Name == setting.Key) is not { } key)
        {
            bool isSection = Keys.Any(one => one.Name.StartsWith(setting.Key + ".", StringComparison.Ordinal));
            if (isSection && setting.Values.Count == 0)
                return;
            throw new ToolException(isSection
                ? $"{setting.Source}: '{setting.Key}' is a section: keys belong below it, as {Keys.First(one => one.Name.StartsWith(setting.Key + ".", StringComparison.Ordinal)).Own}"
                : $"{setting.Source}: unknown key '{setting.Key}'{Nearest.Hint(setting.Key, [.. Keys.Select(one => one.Name), AlertKey.Section])}", ExitCode.Usage);
        }
        if (setting.Values.Count == 0)
            throw new ToolException($"{setting.Source}: '{setting.Key}' has no value", ExitCode.Usage);
        if (setting.Values.Count > 1 && !key.TakesMany)
            throw new ToolException($"{setting.Source}: '{setting.Key}' takes one value, not a list", ExitCode.Usage);
        if (Wrong(key, setting) is { } wrong)
            throw new ToolException($"{setting.Source}: {setting.Key}: {wrong}", ExitCode.Usage);
        _settings[key.Name] = (key, setting);
    }

    /// <summary>What its command says of the value, or null.</summary>
    private string? Wrong(ConfigKey key, ConfigSetting setting)
    {
        if (key.IsSwitch && setting.Values[0] is not ("true" or "false"))
            return $"takes true or false, not '{setting.Values[0]}'";
        if (key.Symbol is Argument && setting.Values[0].StartsWith('-'))
            return $"'{setting.Values[0]}' is no target";
        // What the command misses besides is no fault of this value.
        HashSet<string> besides = [.. Parse(key.Command).Errors.Select(error => error.Message)];
        return Parse([.. key.Command, .. key.Words(setting.Values)]).Errors.Select(error => error.Message).FirstOrDefault(message => !besides.Contains(message));
    }

    private ParseResult Parse(IReadOnlyList<string> words) =>
        _root.Parse(words, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
}
