using Tcpwhy.Cli.Ui.Json;
using static Tcpwhy.Cli.Ui.Html.HtmlWriter;

namespace Tcpwhy.Cli.Ui.Html;

/// <summary>The rankings of the last reading, each with a bar: causes, ports, peers, processes, limits; and the alerts.</summary>
internal sealed class ReportTables(HtmlWriter page, Screen screen, ReportJson json)
{
    private const int Most = 10;

    public void Draw()
    {
        page.Open("div", "tables");
        Ranking(screen.T("Failures by cause"), json.FailuresByCause, (one, i) => (one.Cause, one.Title, one.Count, one.Share, $"failures_by_cause[{i}].count"), one => one.Severity == "critical");
        double ports = Math.Max(json.Ports.Local.Select(one => one.Connections).DefaultIfEmpty().Max(), 1);
        Ranking(screen.T("Busiest local ports"), json.Ports.Local, (one, i) => ($":{one.Port}", Process(one.Process), one.Connections, one.Connections / ports, $"ports.local[{i}].connections"));
        Ranking(screen.T("Local ports in use, by destination"), json.Ports.Ephemeral,
            (one, i) => ($"{one.Source} → {one.Destination}", screen.T("{0} of {1}", Measure.Number(one.Used), Measure.Number(one.Available)), one.Used, one.Share, $"ports.ephemeral[{i}].used"), one => one.Share >= 0.8);
        double peers = Math.Max(json.Statistics.Peers.Select(one => one.Connections).DefaultIfEmpty().Max(), 1);
        Ranking(screen.T("Busiest peers"), json.Statistics.Peers, (one, i) => (one.Address, "", one.Connections, one.Connections / peers, $"statistics.peers[{i}].connections"));
        double processes = Math.Max(json.Statistics.Processes.Select(one => one.Connections).DefaultIfEmpty().Max(), 1);
        Ranking(screen.T("Busiest processes"), json.Statistics.Processes,
            (one, i) => (one.Comm, $"pid {one.Pid}" + (one.Container is { } container ? $" · {container}" : ""), one.Connections, one.Connections / processes, $"statistics.processes[{i}].connections"));
        GaugeJson[] limits = [.. json.Statistics.Limits.OrderByDescending(one => one.Share)];
        Ranking(screen.T("Nearest limits"), limits,
            (one, _) => (one.Kind, $"{one.Subject} {screen.T("{0} of {1}", Measure.Number(one.Used), Measure.Number(one.Limit))}".Trim(), one.Used, one.Share, $"statistics.limits[{Place(one)}].used"), one => one.Share >= 0.8);
        page.Close();
        Alerts();
    }

    private int Place(GaugeJson limit)
    {
        int at = 0;
        while (!ReferenceEquals(json.Statistics.Limits[at], limit))
            at++;
        return at;
    }

    private void Ranking<T>(string title, IReadOnlyList<T> items, Func<T, int, (string Name, string More, double Value, double Share, string Path)> row, Func<T, bool>? bad = null)
    {
        if (items.Count == 0)
            return;
        page.Open("section", "ranking").Element("h2", title).Open("table").Open("tbody");
        for (int i = 0; i < Math.Min(items.Count, Most); i++)
        {
            (string name, string more, double value, double share, string path) = row(items[i], i);
            page.Open("tr").Open("th", ("scope", "row")).Element("span", "name", name);
            if (more.Length > 0)
                page.Element("span", "more", more);
            page.Close().Open("td", "n").Figure(Measure.Number((long)value), value, path).Close();
            page.Open("td", ("class", "share"), ("aria-hidden", "true"));
            page.Open("svg", ("viewBox", "0 0 100 8"), ("preserveAspectRatio", "none"))
                .Element("rect", "", ("class", "rail"), ("width", "100"), ("height", "8"))
                .Element("rect", "", ("class", bad?.Invoke(items[i]) == true ? "bar bad" : "bar c1"), ("width", Coordinate(Math.Clamp(share, 0, 1) * 100)), ("height", "8"))
                .Close().Close().Close();
        }
        page.Close().Close().Close();
    }

    private void Alerts()
    {
        if (json.Alerts.Count == 0)
            return;
        page.Open("section").Element("h2", screen.T("Alerts")).Open("ul", "alerts");
        foreach (ReportAlertJson alert in json.Alerts)
        {
            page.Open("li").Element("time", Measure.Seconds(alert.Time)).Text(" ");
            page.Element("span", $"badge {(alert.State == "resolved" ? "calm" : alert.Severity)}", alert.State == "resolved" ? screen.T("resolved") : screen.T(alert.Severity));
            page.Text(" " + alert.Text).Close();
        }
        page.Close().Close();
    }

    private string Process(ListenerProcessJson? process) => process is null ? "" : screen.T("{0} (pid {1})", process.Comm, process.Pid);
}
