using Tcpwhy.Texts;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Ui.Json;

/// <summary>Settings and headroom as <c>tcpwhy.tune-show/1</c>: see docs/schemas/tune-show.json.</summary>
internal sealed record TuneShowJson(string Schema, string Target, string Kernel, IReadOnlyList<GaugeJson> Headroom, IReadOnlyList<SettingJson> Settings)
{
    public static TuneShowJson Of(Situation now, string target, Language language)
    {
        List<GaugeJson> gauges = [];
        foreach (Gauge gauge in now.Headroom.Gauges)
            gauges.Add(GaugeJson.Of(gauge));
        List<SettingJson> settings = [];
        foreach (Setting setting in Tuning.Settings.All)
        {
            if (now.Values.TryGetValue(setting.Name, out string? value))
                settings.Add(new SettingJson(setting.Name, value, setting.DefaultOf(now.Kernel), TuneChangeJson.Word(setting.Scope), setting.Since?.ToString(), setting.Uses(language), setting.Risk(language), setting.Note(language)));
        }
        return new TuneShowJson("tcpwhy.tune-show/1", target, now.Kernel.ToString(), gauges, settings);
    }
}

/// <summary>How much of something is used, and its limit.</summary>
internal sealed record GaugeJson(string Kind, string Setting, string Subject, long Used, long Limit, double Share)
{
    public static GaugeJson Of(Gauge gauge) => new(GaugeWords.Code(gauge.Kind), gauge.Setting, gauge.Subject, gauge.Used, gauge.Limit, Math.Round(gauge.Share, 4));
}

/// <summary>One setting; the default is null where the kernel works it out from the host's memory.</summary>
internal sealed record SettingJson(string Setting, string Value, string? Default, string Scope, string? SinceKernel, string Uses, string? Risk, string? LeftAlone);
