using System.Security.Cryptography;
using System.Text;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Reporting;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Html;

/// <summary>A report as one page that needs nothing else: no script, no network, a style sheet of its own, for screens, phones and paper.</summary>
internal sealed class ReportPage
{
    private static readonly Lazy<string> Sheet = new(() =>
    {
        using StreamReader sheet = new(typeof(ReportPage).Assembly.GetManifestResourceStream("html/report.css")!);
        return sheet.ReadToEnd();
    });

    private readonly Report _report;
    private readonly ReportJson _json;
    private readonly Screen _screen;
    private readonly HtmlWriter _page = new();

    private ReportPage(Report report, Screen screen) => (_report, _screen, _json) = (report, screen, ReportJson.Of(report, screen));

    public static string Of(Report report, Screen screen)
    {
        ReportPage page = new(report, screen);
        page.Write();
        return page._page.ToString();
    }

    private void Write()
    {
        string title = _json.Host is { } host ? _screen.T("TCP on {0}", host) : _screen.T("TCP report");
        _page.Doctype().Open("html", ("lang", _screen.Language == Language.Korean ? "ko" : "en"));
        Head(title);
        _page.Open("body").Open("main");
        Header(title);
        Numbers();
        Findings();
        if (_json.Timeline.Count > 0)
            new ReportCharts(_page, _screen, _json).Draw();
        Patterns();
        new ReportTables(_page, _screen, _json).Draw();
        Footer();
        _page.Close().Close().Close();
    }

    private void Head(string title)
    {
        string hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Sheet.Value)));
        _page.Open("head").Void("meta", ("charset", "utf-8"))
            // Whatever a name may have smuggled in, the browser would neither run nor load it.
            .Void("meta", ("http-equiv", "Content-Security-Policy"), ("content", $"default-src 'none'; img-src data:; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'"))
            .Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"))
            .Void("meta", ("name", "color-scheme"), ("content", "light dark"))
            .Void("meta", ("name", "generator"), ("content", Commands.CommandLine.Version))
            .Void("link", ("rel", "icon"), ("href", "data:,"))
            .Element("title", $"{title}, {Measure.Date(_json.Window.End)} {Measure.Seconds(_json.Window.End)} UTC")
            .Style(Sheet.Value).Close();
    }

    private void Header(string title)
    {
        _page.Open("header", "page").Element("p", "brand", "tcpwhy").Element("h1", title);
        _page.Open("p", "when");
        Time(_json.Window.Start);
        if (_json.Window.Seconds > 0)
        {
            _page.Text(" – ");
            Time(_json.Window.End);
            _page.Text(" · ").Figure(Measure.Of(TimeSpan.FromSeconds(_json.DurationSeconds)), _json.DurationSeconds, "duration_seconds");
        }
        _page.Text(" · " + Source());
        _page.Close().Close();
        (string state, string verdict) = Verdict();
        _page.Open("p", ("class", $"verdict {state}"), ("role", "status")).Text(verdict).Close();
        if (_json.Warnings.Count == 0)
            return;
        _page.Open("section", ("class", "warnings"), ("aria-label", _screen.T("Near a limit"))).Element("h2", _screen.T("Near a limit")).Open("ul");
        foreach (WarningJson warning in _json.Warnings)
            _page.Element("li", warning.Text);
        _page.Close().Close();
    }

    private void Time(DateTimeOffset time) =>
        _page.Element("time", $"{Measure.Date(time)} {Measure.Seconds(time)} UTC", ("datetime", time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'")));

    private string Source() => _json.Kind switch
    {
        "once" => _screen.T("one reading"),
        "history" => _screen.Count(_json.Points, "{0} reading from history", "{0} readings from history"),
        "recording" => _screen.T("from a recording"),
        _ => _screen.Count(_json.Points, "{0} reading", "{0} readings"),
    };

    private (string State, string Text) Verdict()
    {
        FindingJson[] broken = [.. _json.Findings.Where(one => one.Severity != "info")];
        if (_json.Kind == "once")
            return (_json.Warnings.Count > 0 ? "warning" : "calm", _json.Warnings.Count > 0 ? _json.Warnings[0].Text : _screen.T("No limit is near. Whether connections break, a window tells: tcpwhy report --duration 30s"));
        if (broken.Length == 0)
        {
            string calm = _json.Visibility.Unavailable.Count == 0 ? _screen.T("Nothing broke.")
                : _screen.T("Nothing broke that can be seen here; {0} causes cannot be told.", Measure.Number(_json.Visibility.Unavailable.Select(one => one.Cause).Distinct().Count()));
            return ("calm", calm);
        }
        ReportTrafficJson traffic = _json.Statistics.Traffic;
        string failed = traffic.Failed == 0 ? _screen.T("Connections are in trouble")
            : traffic.Opened < traffic.Failed ? _screen.Count(traffic.Failed, "{0} connection failed", "{0} connections failed")
            : _screen.T("{0} of {1} connections failed", Measure.Number(traffic.Failed), Measure.Number(traffic.Opened));
        int causes = broken.DistinctBy(one => one.Cause).Count();
        string reasons = causes == 1 ? _screen.T("{0}, for one reason:", failed) : _screen.T("{0}, for {1} reasons. The first is the one to act on:", failed, causes);
        return (broken[0].Severity, $"{reasons} {broken[0].Title}");
    }

    private void Numbers()
    {
        _page.Open("dl", "numbers");
        ReportTrafficJson traffic = _json.Statistics.Traffic;
        if (_json.Kind != "once")
        {
            Number(_screen.T("failed"), traffic.Failed, "statistics.traffic.failed", traffic.Failed > 0 ? _screen.T("{0} of those that ended", Measure.Percent(traffic.FailedShare)) : null, traffic.Failed > 0 ? "bad" : null);
            Number(_screen.T("opened"), traffic.Opened, "statistics.traffic.opened", null);
            Number(_screen.T("closed normally"), traffic.ClosedNormally, "statistics.traffic.closed_normally", null);
        }
        if (_json.Statistics.Connections is { } connections)
        {
            string? range = _json.HistorySummary is { } all && all.MaxConnections > all.MinConnections
                ? _screen.T("{0} to {1}, mean {2}", Measure.Number((long)all.MinConnections), Measure.Number((long)all.MaxConnections), PatternWords.Number(all.MeanConnections)) : null;
            Number(_screen.T("connections"), connections, "statistics.connections", range);
            Number("TIME_WAIT", _json.Statistics.States.GetValueOrDefault("time_wait"), _json.Statistics.States.ContainsKey("time_wait") ? "statistics.states.time_wait" : null, null);
        }
        if (_json.RoundTripSeconds is { } times)
        {
            Tile(_screen.T("median round trip"), () => _page.Figure(Measure.Of(TimeSpan.FromSeconds(times.P50)), times.P50, "round_trip_seconds.p50"),
                _screen.T("99 % within {0}", Measure.Of(TimeSpan.FromSeconds(times.P99))));
        }
        else if (_json.Kind != "once")
        {
            Number(_screen.T("segments sent again"), traffic.Retransmits, "statistics.traffic.retransmits", null);
        }
        _page.Close();
    }

    private void Number(string name, long value, string? path, string? more, string? state = null) => Tile(
        name,
        () =>
        {
            if (path is null)
                _page.Text(Measure.Number(value));
            else
                _page.Figure(Measure.Number(value), value, path);
        },
        more,
        state);

    private void Tile(string name, Action value, string? more, string? state = null)
    {
        _page.Open("div", state is null ? "tile" : $"tile {state}").Element("dt", name).Open("dd");
        value();
        _page.Close();
        if (more is not null)
            _page.Element("dd", "more", more);
        _page.Close();
    }

    private void Findings()
    {
        bool any = _json.Findings.Any(one => one.Severity != "info");
        if (any)
            _page.Open("section", ("aria-labelledby", "findings")).Element("h2", _screen.T("Why connections broke"), ("id", "findings"));
        // Those of the same cause differ in process and peer: the first says what there is to say.
        foreach (IGrouping<string, (FindingJson Finding, int Number)> cause in _json.Findings.Select((finding, i) => (finding, i)).Where(one => one.finding.Severity != "info").GroupBy(one => one.finding.Cause))
            new FindingSection(_page, _screen).Draw([.. cause]);
        if (any)
            _page.Close();
        FindingJson[] normal = [.. _json.Findings.Where(one => one.Severity == "info")];
        if (normal.Length == 0)
            return;
        _page.Open("section").Element("h2", _screen.T("Normal life, nothing to do")).Open("ul", "normal");
        foreach (FindingJson finding in normal)
            _page.Open("li").Element("b", $"{Measure.Number(finding.Count)}×").Text(" ").Element("code", finding.Cause).Text($" {finding.Title}").Close();
        _page.Close().Close();
    }

    private void Patterns()
    {
        if (_report.Series.Count == 0)
            return;
        _page.Open("section", ("aria-labelledby", "patterns")).Element("h2", _screen.T("Patterns"), ("id", "patterns"));
        PatternJson[] along = [.. _json.Patterns.Where(one => !_report.Series.Any(series => series.Name == one.Series))];
        if (along.Length > 0)
        {
            _page.Open("ul", "along");
            foreach (PatternJson pattern in along)
                _page.Element("li", pattern.Text);
            _page.Close();
        }
        _page.Open("div", "sparks");
        foreach (Tcpwhy.Patterns.Series series in _report.Series)
        {
            Tcpwhy.Patterns.Pattern[] found = [.. _report.Patterns.Where(one => one.Subject == series.Name)];
            bool quiet = found.All(one => one is Tcpwhy.Patterns.Normal or Tcpwhy.Patterns.InsufficientData);
            string text = string.Join(" ", found.Select(one => PatternWords.Of(one, _screen)));
            _page.Open("figure", quiet ? "spark-card quiet" : "spark-card");
            Sparkline.Draw(_page, series, found, text);
            _page.Open("figcaption");
            foreach (Tcpwhy.Patterns.Pattern one in found)
                _page.Element("p", PatternWords.Of(one, _screen));
            _page.Close().Close();
        }
        _page.Close().Close();
    }

    private void Footer()
    {
        ObserverJson observer = _json.Observer;
        _page.Open("footer").Open("p");
        _page.Text(_screen.T("Seen with {0}", _json.Visibility.Source));
        if (_json.Visibility.Kernel is { } kernel)
            _page.Text(_screen.T(" on Linux {0}", kernel));
        _page.Text(". ");
        _page.Text(_screen.T("{0} events, {1} lost; it cost {2} of processor time and at most {3} of memory.", Measure.Number(observer.Events), Measure.Number(observer.Lost), Measure.Of(TimeSpan.FromSeconds(observer.CpuSeconds)), Measure.Bytes(observer.PeakMemoryBytes)));
        _page.Close();
        foreach (string note in _json.Notes)
            _page.Element("p", note);
        if (_json.Visibility.Unavailable.Count > 0)
        {
            _page.Open("details").Element("summary", _screen.T("What could not be seen here")).Open("ul");
            foreach (IGrouping<string, UnavailableJson> need in _json.Visibility.Unavailable.GroupBy(one => one.Needs))
                _page.Open("li").Text($"{need.Key}: ").Element("code", string.Join(", ", need.Select(one => one.Cause))).Close();
            _page.Close().Close();
        }
        _page.Element("p", Commands.CommandLine.Version).Close();
    }
}
