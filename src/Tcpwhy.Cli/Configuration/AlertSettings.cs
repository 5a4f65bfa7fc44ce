using Tcpwhy.Alerting;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Configuration;

/// <summary>The section alerts as files and variables set it: keys are checked as they come, the whole when it is asked for.</summary>
internal sealed class AlertSettings
{
    private readonly Dictionary<string, ConfigSetting> _own = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ConfigSetting> _off = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, ConfigSetting>> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, ConfigSetting>> _receivers = new(StringComparer.Ordinal);

    /// <summary>Whether a key belongs to the section.</summary>
    public static bool Has(string key) => key == AlertKey.Section || key.StartsWith(AlertKey.Section + ".", StringComparison.Ordinal);

    /// <summary>All that is set, in the order of the keys, its secrets masked.</summary>
    public IEnumerable<ConfigSetting> Shown
    {
        get
        {
            foreach (AlertKey key in AlertKey.Own)
            {
                if (_own.TryGetValue(key.Name, out ConfigSetting? own))
                    yield return own;
            }
            foreach (ConfigSetting setting in _off.Values.Concat(_rules.Values.SelectMany(rule => rule.Values)))
                yield return setting;
            foreach ((string key, ConfigSetting setting) in _receivers.Values.SelectMany(receiver => receiver))
                yield return setting with { Values = [.. setting.Values.Select(value => Masked(key, value))] };
        }
    }

    /// <summary>Takes one setting.</summary>
    /// <exception cref="ToolException">Its key is unknown: names the nearest.</exception>
    public void Set(ConfigSetting setting)
    {
        string[] path = setting.Key.Split('.');
        // A section of which every line is commented out sets nothing.
        bool empty = setting.Values.Count == 0;
        switch (path)
        {
            case [_] or [_, AlertKey.Rules or AlertKey.Receivers]:
                if (!empty)
                    throw new ToolException($"{setting.Source}: '{setting.Key}' is a section: keys belong below it, as {(path.Length == 1 ? AlertKey.Own[0].Name : path[1] == AlertKey.Rules ? "NAME with when and warning" : "NAME with to and url")}", ExitCode.Usage);
                return;
            case [_, var name]:
                Put(_own, AlertKey.Own, name.Replace('_', '-'), setting);
                return;
            case [_, AlertKey.Rules, var name]:
                if (!empty)
                    Off(CheckedName(name, setting), setting);
                return;
            case [_, AlertKey.Rules, var name, var key]:
                Put(Of(_rules, CheckedName(name, setting)), [.. AlertKey.OfRule, AlertKey.AtLeast], key, setting);
                _off.Remove(name);
                return;
            case [_, AlertKey.Receivers, var name] when !empty:
                throw new ToolException($"{setting.Source}: '{setting.Key}' is a section: keys belong below it, as to and url", ExitCode.Usage);
            case [_, AlertKey.Receivers, _]:
                return;
            case [_, AlertKey.Receivers, var name, var key]:
                Put(Of(_receivers, CheckedName(name, setting)), AlertKey.OfReceiver, key, setting);
                return;
            default:
                throw new ToolException($"{setting.Source}: unknown key '{setting.Key}'{Nearest.Hint(path[1], [AlertKey.Rules, AlertKey.Receivers])}", ExitCode.Usage);
        }
    }

    /// <summary>What all of it comes to.</summary>
    /// <exception cref="ToolException">Something is wrong: names the line.</exception>
    public AlertPlan Plan()
    {
        if (_own.Count + _off.Count + _rules.Count + _receivers.Count == 0)
            return AlertPlan.Usual;
        (Readings.Thresholds thresholds, List<AlertRule> rules) = RuleSettings.Read(_own, _off, _rules);
        return new AlertPlan(thresholds, rules, [.. _receivers.Select(one => ReceiverSettings.Read(one.Key, one.Value))]);
    }

    private void Off(string name, ConfigSetting setting)
    {
        if (setting.Values is not ["off"])
            throw new ToolException($"{setting.Source}: '{setting.Key}' is a section with when and warning, or off", ExitCode.Usage);
        _off[name] = setting;
        _rules.Remove(name);
    }

    private static void Put(Dictionary<string, ConfigSetting> section, AlertKey[] known, string key, ConfigSetting setting)
    {
        string before = setting.Key[..(setting.Key.LastIndexOf('.') + 1)];
        if (!Array.Exists(known, one => one.Name == key))
            throw Unknown(setting, before, [.. known.Select(one => one.Name), .. before == AlertKey.Section + "." ? [AlertKey.Rules, AlertKey.Receivers] : Array.Empty<string>()]);
        if (setting.Values.Count == 0)
            throw new ToolException($"{setting.Source}: '{setting.Key}' has no value", ExitCode.Usage);
        if (setting.Values.Count > 1 && key != "header")
            throw new ToolException($"{setting.Source}: '{setting.Key}' takes one value, not a list", ExitCode.Usage);
        section[key] = setting with { Key = before + key };
    }

    private static ToolException Unknown(ConfigSetting setting, string before, string[] known) =>
        new($"{setting.Source}: unknown key '{setting.Key}'{Nearest.Hint(setting.Key, known.Select(one => before + one))}", ExitCode.Usage);

    private static string CheckedName(string name, ConfigSetting setting) =>
        name.Length is > 0 and <= 40 && name.Split('-').All(part => part.Length > 0 && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            ? name : throw new ToolException($"{setting.Source}: a name has small letters, digits and - between them, at most 40, not '{name}'", ExitCode.Usage);

    private static Dictionary<string, ConfigSetting> Of(Dictionary<string, Dictionary<string, ConfigSetting>> sections, string name) =>
        sections.TryGetValue(name, out var section) ? section : sections[name] = new Dictionary<string, ConfigSetting>(StringComparer.Ordinal);

    private static string Masked(string key, string value) => key switch
    {
        "url" => Uri.TryCreate(value, UriKind.Absolute, out Uri? url) ? $"{url.Scheme}://{url.Host}{(url.IsDefaultPort ? "" : $":{url.Port}")}/…" : "…",
        "header" => value.Split(':')[0] + ": …",
        _ => value,
    };
}
