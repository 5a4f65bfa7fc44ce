using System.Globalization;
using Tcpwhy.Alerting;
using Tcpwhy.Cli.Commands;
using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Configuration;

/// <summary>Makes rules of what is set: those that always are, changed or off, and those of the user.</summary>
internal static class RuleSettings
{
    private const string Off = "off";

    /// <exception cref="ToolException">A value is wrong: names its line and what would be right.</exception>
    public static (Thresholds Thresholds, List<AlertRule> Rules) Read(
        IReadOnlyDictionary<string, ConfigSetting> own, IReadOnlyDictionary<string, ConfigSetting> off, IReadOnlyDictionary<string, Dictionary<string, ConfigSetting>> named)
    {
        Thresholds usual = Thresholds.Default;
        Thresholds thresholds = usual with
        {
            MaxConnections = (int)Math.Min(Number(own, UsualRules.Connections, SignalUnit.Count) ?? usual.MaxConnections, int.MaxValue),
            TimeWait = (int)Math.Min(Number(own, UsualRules.TimeWait, SignalUnit.Count) ?? usual.TimeWait, int.MaxValue),
            ConnectionRate = Number(own, UsualRules.ConnectionRate, SignalUnit.PerSecond) ?? usual.ConnectionRate,
            ErrorRate = Number(own, UsualRules.ErrorRate, SignalUnit.Share) ?? usual.ErrorRate,
            Headroom = Number(own, "headroom", SignalUnit.Share) ?? usual.Headroom,
        };
        TimeSpan hold = Time(own, "for") ?? AlertRule.UsualFor, repeat = Time(own, "repeat") ?? AlertRule.UsualRepeat;
        List<AlertRule> rules = [];
        foreach (AlertRule rule in UsualRules.Of(thresholds))
        {
            string key = UsualRules.Headroom.Contains(rule.Name) ? "headroom" : rule.Name;
            if (!(own.TryGetValue(key, out ConfigSetting? setting) && setting.Values[0] == Off))
                rules.Add(rule with { For = hold, Repeat = repeat });
        }
        foreach ((string name, ConfigSetting setting) in off)
        {
            if (rules.RemoveAll(rule => rule.Name == name) == 0 && !UsualRules.Of(thresholds).Exists(rule => rule.Name == name))
                throw new ToolException($"{setting.Source}: there is no rule '{name}' to be off{Nearest.Hint(name, UsualRules.Of(thresholds).Select(rule => rule.Name))}", ExitCode.Usage);
        }
        foreach ((string name, Dictionary<string, ConfigSetting> settings) in named)
        {
            int at = rules.FindIndex(rule => rule.Name == name);
            AlertRule rule = Rule(name, at < 0 ? UsualRules.Of(thresholds).Find(one => one.Name == name) : rules[at], settings, hold, repeat);
            if (at < 0)
                rules.Add(rule);
            else
                rules[at] = rule;
        }
        return (thresholds, rules);
    }

    private static AlertRule Rule(string name, AlertRule? usual, Dictionary<string, ConfigSetting> settings, TimeSpan hold, TimeSpan repeat)
    {
        AlertSignal? signal = usual?.Signal;
        ConfigSetting any = settings.Values.First();
        if (settings.TryGetValue("when", out ConfigSetting? when))
        {
            if (AlertSignal.Find(when.Values[0]) is not { } known)
                throw Wrong(when, $"there is no '{when.Values[0]}' to watch{Nearest.Hint(when.Values[0], AlertSignal.Names)}");
            if (signal is not null && signal.Name != known.Name)
                throw Wrong(when, $"the rule '{name}' watches {signal.Name}; give another rule another name");
            signal = known;
        }
        if (signal is null)
            throw new ToolException($"{any.Source}: {AlertKey.Section}.{AlertKey.Rules}.{name} does not say when: a cause or a signal, as when: server-close-unread", ExitCode.Usage);
        Threshold? warning = Level("warning", usual?.Warning), critical = Level("critical", usual?.Critical);
        if ((warning ?? critical) is not { } lowest)
            throw new ToolException($"{any.Source}: {AlertKey.Section}.{AlertKey.Rules}.{name} has neither warning nor critical, as warning: {Threshold.Wanted(signal.Unit).Split("as ")[1].Split(' ')[0]}", ExitCode.Usage);
        // A threshold that is only moved keeps its twin above it.
        if (warning is { } w && critical is { } c && c.Value < w.Value)
        {
            if (settings.TryGetValue("critical", out ConfigSetting? least))
                throw Wrong(least, $"it is below the warning ({settings.GetValueOrDefault("warning")?.Values[0] ?? w.Value.ToString(CultureInfo.InvariantCulture)})");
            critical = w;
        }
        Threshold? clear = Level("clear", null);
        if (clear is { } ends && ends.Value > lowest.Value)
            throw Wrong(settings["clear"], "it is above the threshold");
        foreach (string key in (ReadOnlySpan<string>)["critical", "clear"])
        {
            Threshold? other = key == "clear" ? clear : critical;
            if (settings.TryGetValue(key, out ConfigSetting? one) && other is { } counted && counted.Window != lowest.Window)
                throw Wrong(one, "it counts within another time than the rule's first threshold; write both with the same");
        }
        if (settings.TryGetValue(AlertKey.AtLeast.Name, out ConfigSetting? many) && signal.Name != "error-rate")
            throw Wrong(many, "it is for rules on error-rate");
        int atLeast = usual?.AtLeast ?? 20;
        if (many is not null && (!int.TryParse(many.Values[0], NumberStyles.None, CultureInfo.InvariantCulture, out atLeast) || atLeast < 1))
            throw Wrong(many, $"takes a number of connections, as 20, not '{many.Values[0]}'");
        return new AlertRule
        {
            Name = name,
            Signal = signal,
            Warning = warning?.Value,
            Critical = critical?.Value,
            Clear = clear?.Value,
            Window = lowest.Window > TimeSpan.Zero ? lowest.Window : Threshold.UsualWindow,
            For = Time(settings, "for") ?? hold,
            Repeat = Time(settings, "repeat") ?? repeat,
            AtLeast = atLeast,
        };

        Threshold? Level(string key, double? otherwise)
        {
            if (!settings.TryGetValue(key, out ConfigSetting? setting))
                return otherwise is { } value ? new Threshold(value, signal.Unit == SignalUnit.Failures ? Threshold.UsualWindow : TimeSpan.Zero) : null;
            return setting.Values[0] == Off && key != "clear" ? null : Parsed(setting, signal.Unit);
        }
    }

    private static double? Number(IReadOnlyDictionary<string, ConfigSetting> own, string key, SignalUnit unit) =>
        own.TryGetValue(key, out ConfigSetting? setting) && setting.Values[0] != Off ? Parsed(setting, unit).Value : null;

    private static Threshold Parsed(ConfigSetting setting, SignalUnit unit) =>
        Threshold.TryParse(setting.Values[0], unit, out Threshold threshold) ? threshold
            : throw Wrong(setting, $"takes {Threshold.Wanted(unit)}, not '{setting.Values[0]}'");

    private static TimeSpan? Time(IReadOnlyDictionary<string, ConfigSetting> settings, string key)
    {
        if (!settings.TryGetValue(key, out ConfigSetting? setting))
            return null;
        if (key == "for" && setting.Values[0] is "0" or "0s")
            return TimeSpan.Zero;
        return Duration.TryParse(setting.Values[0], out TimeSpan time) ? time
            : throw Wrong(setting, $"takes a duration as 500ms, 30s, 5m or 2h, not '{setting.Values[0]}'");
    }

    private static ToolException Wrong(ConfigSetting setting, string what) => new($"{setting.Source}: {setting.Key}: {what}", ExitCode.Usage);
}
