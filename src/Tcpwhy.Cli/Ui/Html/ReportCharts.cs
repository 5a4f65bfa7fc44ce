using Tcpwhy.Cli.Ui.Json;

namespace Tcpwhy.Cli.Ui.Html;

/// <summary>The charts over time: failures by cause, connections by state, round trips, connections opened.</summary>
internal sealed class ReportCharts(HtmlWriter page, Screen screen, ReportJson json)
{
    private const int Colours = 8;

    // From the bottom: what is always there lies still, and what should not be there rides on it.
    private static readonly string[] States = ["established", "time_wait", "close_wait", "syn_sent", "syn_received", "fin_wait1", "fin_wait2", "last_ack", "closing"];

    public void Draw()
    {
        page.Open("section", ("aria-labelledby", "charts")).Element("h2", screen.T("Over time"), ("id", "charts")).Open("div", "charts");
        Failures();
        Connections();
        RoundTrips();
        Opened();
        page.Close().Close();
    }

    private void Failures()
    {
        string[] causes = [.. json.Timeline.SelectMany(slot => slot.FailuresByCause).GroupBy(one => one.Key, StringComparer.Ordinal).OrderByDescending(group => group.Sum(one => one.Value)).Select(group => group.Key)];
        if (causes.Length == 0)
            return;
        Chart(screen.T("Connections that failed, by cause"), TimeChartKind.Bars, Whole,
            [.. causes.Select((cause, i) => new Curve(cause, $"c{(i % Colours) + 1}", Each(slot => slot.FailuresByCause.TryGetValue(cause, out long count) ? count : null), $"failures_by_cause.{cause}"))]);
    }

    private void Connections()
    {
        string[] states = [.. States.Where(state => json.Timeline.Any(slot => slot.Values.GetValueOrDefault($"state.{state}") > 0))];
        if (states.Length == 0)
            return;
        Chart(screen.T("Connections, by state"), TimeChartKind.Areas, Whole,
            [.. states.Select(state => new Curve(state.ToUpperInvariant(), $"c{(Array.IndexOf(States, state) % Colours) + 1}", Each(slot => Value(slot, $"state.{state}")), $"values[state.{state}]"))]);
    }

    private void RoundTrips()
    {
        if (!json.Timeline.Any(slot => slot.RoundTripSeconds is not null))
            return;
        Chart(screen.T("Round trips of established connections"), TimeChartKind.Lines, seconds => Measure.Of(TimeSpan.FromSeconds(seconds)),
        [
            new Curve("99 %", "c4", Each(slot => slot.RoundTripSeconds?.P99), "round_trip_seconds.p99"),
            new Curve("90 %", "c2", Each(slot => slot.RoundTripSeconds?.P90), "round_trip_seconds.p90"),
            new Curve(screen.T("median"), "c1", Each(slot => slot.RoundTripSeconds?.P50), "round_trip_seconds.p50"),
        ], whole: false);
    }

    private void Opened()
    {
        if (!json.Timeline.Any(slot => slot.Opened > 0))
            return;
        Chart(screen.T("Connections opened"), TimeChartKind.Bars, Whole, [new Curve(screen.T("opened"), "c1", Each(slot => slot.Opened), "opened")]);
    }

    private void Chart(string title, TimeChartKind kind, Func<double, string> write, Curve[] curves, bool whole = true) =>
        new TimeChart(page, screen, json.Timeline) { Title = title, Kind = kind, Curves = curves, Write = write, Whole = whole }.Draw();

    private List<double?> Each(Func<SlotJson, double?> value) => [.. json.Timeline.Select(value)];

    private static double? Value(SlotJson slot, string name) => slot.Values.TryGetValue(name, out double value) ? value : null;

    private static string Whole(double value) => value == Math.Floor(value) ? Measure.Number((long)value) : PatternWords.Number(value);
}
