using Tcpwhy.Readings;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>How near each limit is, and the host's pulse over time.</summary>
internal static class LimitsView
{
    private const int Bar = 10;

    public static void Draw(WatchData data, ViewState state, CellBuffer cells, int top, int end, Screen words)
    {
        if (data.Reading is not { } reading)
            return;
        List<Gauge> gauges = [.. reading.Limits.Where(gauge => gauge.Kind != GaugeKind.AcceptQueue || gauge.Used > 0).OrderByDescending(gauge => gauge.Share)];
        state.Has(gauges.Count);
        int charts = Math.Min(3, Math.Max((end - top) / 5, 0));
        (string Title, Series Series)[] series =
        [
            (words.T("opened, {0}", WatchView.SpanText(state.Span, words)), data.Opened),
            (words.T("sent again, {0}", WatchView.SpanText(state.Span, words)), data.Retransmitted),
            (words.T("connections, {0}", WatchView.SpanText(state.Span, words)), data.Connections),
        ];
        int titles = series.Max(one => DisplayWidth.Of(one.Title)) + 2;
        foreach ((string title, Series one) in series.Take(charts))
        {
            cells.Put(0, top, title, Ink.Bold);
            cells.Put(titles, top++, WatchView.Chart(one, data.Now, state.Span, cells.Width - titles), Ink.Cyan);
        }
        foreach (string line in Lines(reading, words).Take(Math.Max(end - top - 8, 0)))
            cells.Put(0, top++, line, Ink.Dim);
        Grid grid = new(
            new GridColumn(words.T("limit")),
            new GridColumn(""),
            new GridColumn("%", IsNumber: true),
            new GridColumn(words.T("used"), IsNumber: true),
            new GridColumn(words.T("of"), IsNumber: true),
            new GridColumn(words.T("whose"), Least: 20),
            new GridColumn(words.T("setting"), Least: 8) { Stretches = true });
        foreach (Gauge gauge in gauges)
        {
            grid.Add(gauge.Share >= 0.95 ? Ink.Red : gauge.Share >= Headroom.Near ? Ink.Yellow : Ink.Plain, GaugeWords.Of(gauge.Kind, words), Bars.Of(gauge.Share, Bar),
                $"{gauge.Share * 100:0}", Measure.Number(gauge.Used), Measure.Number(gauge.Limit), gauge.Subject, gauge.Setting);
        }
        grid.Draw(cells, top, end, state.Selected);
    }

    private static IEnumerable<string> Lines(Reading reading, Screen words)
    {
        if (reading.Load is { } load)
            yield return words.T("load {0} {1} {2}", Fixed(load.One), Fixed(load.Five), Fixed(load.Fifteen));
        string interfaces = string.Join(" · ", reading.Interfaces.Where(one => one.ReceivedBytes + one.SentBytes > 0)
            .Select(one => $"{one.Name} ↓{Measure.Bytes((long)one.ReceivedBytesPerSecond)}/s ↑{Measure.Bytes((long)one.SentBytesPerSecond)}/s"));
        if (interfaces.Length > 0)
            yield return interfaces;
        yield return SummaryText.States(reading);
    }

    private static string Fixed(double load) => load.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);
}
