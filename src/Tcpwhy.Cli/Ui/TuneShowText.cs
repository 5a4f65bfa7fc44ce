using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Ui;

/// <summary>Every setting and how near its limit is, for a person.</summary>
internal static class TuneShowText
{
    private const int Shown = 5;

    public static void Write(Situation now, string target, Screen screen)
    {
        screen.Line(new Piece(screen.T("Linux {0}, {1}", now.Kernel, target), Ink.Dim));
        screen.Blank();
        screen.Line(new Piece(screen.T("Headroom now"), Ink.Bold));
        Table table = new(Ink.Plain, Ink.Plain, Ink.Plain, Ink.Dim);
        foreach (GaugeKind kind in Enum.GetValues<GaugeKind>())
        {
            List<Gauge> gauges = [.. now.Headroom.Of(kind)];
            foreach (Gauge gauge in gauges.Take(Shown))
                table.Add(GaugeWords.Of(kind, screen), screen.T("{0} of {1}", Measure.Number(gauge.Used), Measure.Number(gauge.Limit)), $"{gauge.Share * 100:0} %{(gauge.Share >= Headroom.Near ? " !" : "")}", gauge.Subject);
            if (gauges.Count > Shown)
                table.Add("", "", "", screen.Count(gauges.Count - Shown, "and {0} more, less full", "and {0} more, less full"));
        }
        table.Write(screen, 2);
        screen.Blank();
        screen.Line(new Piece(screen.T("Settings"), Ink.Bold));
        foreach (Setting setting in Settings.All)
        {
            if (!now.Values.TryGetValue(setting.Name, out string? value))
                continue;
            string? usual = setting.DefaultOf(now.Kernel);
            bool changed = usual is not null && usual != value;
            List<string> notes = [];
            if (changed)
                notes.Add(screen.T("default {0}", usual is "" ? "\"\"" : usual));
            if (setting.Scope == SettingScope.Host)
                notes.Add(screen.T("of the whole host"));
            screen.Paragraph(2, 4, new Piece(setting.Name, Ink.Cyan), " = ", new Piece(value.Length == 0 ? "\"\"" : value, changed ? Ink.Bold : Ink.Plain),
                notes.Count > 0 ? $"  ({string.Join("; ", notes)})" : "");
            screen.Paragraph(6, new Piece(setting.Uses(screen.Language), Ink.Dim));
        }
    }
}
