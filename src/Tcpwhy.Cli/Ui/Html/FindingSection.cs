using Tcpwhy.Cli.Ui.Json;

namespace Tcpwhy.Cli.Ui.Html;

/// <summary>A finding on the page: what broke, who, why, how we know, what to do, and one connection as an example.</summary>
internal sealed class FindingSection(HtmlWriter page, Screen screen)
{
    private const int MostOthers = 100;

    /// <param name="same">Findings of one cause with their places in the report; the first is shown in full.</param>
    public void Draw(IReadOnlyList<(FindingJson Finding, int Number)> same)
    {
        (FindingJson finding, int number) = same[0];
        string id = $"finding-{number + 1}";
        page.Open("article", ("class", $"finding {finding.Severity}"), ("aria-labelledby", id));
        page.Open("header").Element("h3", finding.Title, ("id", id)).Open("p", "tags");
        page.Element("span", $"badge {finding.Severity}", screen.T(finding.Severity));
        page.Element("code", finding.Cause);
        page.Open("span").Figure(screen.Count(finding.Count, "{0} connection", "{0} connections"), finding.Count, $"findings[{number}].count").Close();
        page.Open("span").Figure(FindingText.Confidence(finding.Confidence, screen), finding.Confidence, $"findings[{number}].confidence").Close();
        page.Close().Close();
        if (Who(finding) is { Length: > 0 } who)
            page.Element("p", "who", who);
        page.Element("p", "why", finding.Explanation);
        if (finding.AcrossGap)
            page.Element("p", "gap", screen.T("Events were lost meanwhile: there may be more of these."));
        Remedies(finding);
        Evidence(finding, against: false, screen.T("Evidence"));
        Evidence(finding, against: true, screen.T("Against it"));
        if (finding.SettlesIt is { } settles)
            page.Element("h4", screen.T("Would settle it")).Element("p", settles);
        if (finding.Connections.Count > 0)
            Example(finding.Connections[0]);
        if (same.Count > 1)
            Others([.. same.Skip(1)]);
        page.Close();
    }

    private void Others(IReadOnlyList<(FindingJson Finding, int Number)> others)
    {
        long connections = others.Sum(one => (long)one.Finding.Count);
        page.Open("details").Element("summary", screen.T("the same elsewhere: {0} more, with {1}", Measure.Number(others.Count), screen.Count(connections, "{0} connection", "{0} connections")));
        page.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", others[0].Finding.Title)).Open("table").Open("tbody");
        foreach ((FindingJson one, int number) in others.Take(MostOthers))
            page.Open("tr").Element("td", Who(one)).Open("td", "n").Figure($"{Measure.Number(one.Count)}×", one.Count, $"findings[{number}].count").Close().Close();
        page.Close().Close().Close().Close();
    }

    private string Who(FindingJson finding)
    {
        string near = End(finding.Process, finding.Local), far = End(finding.PeerProcess, finding.Peer);
        return far.Length == 0 ? near : near.Length == 0 ? far : $"{near} ↔ {far}";
    }

    private string End(ProcessJson? process, string? address)
    {
        string name = process is null ? "" : Ends.Of(process.Comm, process.Pid, process.Container, process.MorePids?.Count ?? 0, screen);
        return $"{name} {address}".Trim();
    }

    private void Remedies(FindingJson finding)
    {
        if (finding.Remedy.Count == 0)
            return;
        page.Element("h4", screen.T("Do this")).Open("ul", "remedies");
        foreach (RemedyJson remedy in finding.Remedy)
        {
            page.Open("li").Text(remedy.Text);
            if (remedy.Setting is { } setting)
            {
                page.Element("code", (remedy.From, remedy.To) switch
                {
                    (null, null) => setting,
                    (null, { } to) => $"{setting} = {to}",
                    ({ } from, null) => $"{setting} ({from})",
                    ({ } from, { } to) => $"{setting}: {from} → {to}",
                });
            }
            page.Close();
        }
        page.Close();
    }

    private void Evidence(FindingJson finding, bool against, string heading)
    {
        EvidenceJson[] items = [.. finding.Evidence.Where(one => one.Against == against)];
        if (items.Length == 0)
            return;
        page.Element("h4", heading);
        page.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", heading)).Open("table", "evidence").Open("thead").Open("tr");
        page.Element("th", screen.T("observed"), ("scope", "col")).Element("th", screen.T("value"), ("scope", "col"))
            .Element("th", screen.T("connections"), ("scope", "col"), ("class", "n")).Element("th", screen.T("source"), ("scope", "col"));
        page.Close().Close().Open("tbody");
        foreach (EvidenceJson item in items)
            page.Open("tr").Element("td", item.What).Element("td", "value", item.Value).Element("td", "n", Measure.Number(item.Count)).Element("td", "source", item.Source).Close();
        page.Close().Close().Close();
    }

    private void Example(ConnectionJson one)
    {
        page.Open("details").Element("summary", screen.T("one of them: {0} at {1} UTC", string.Join(" ↔ ", new[] { one.Local, one.Peer }.OfType<string>()), Measure.Clock(one.Time)));
        page.Open("ol", "timeline");
        foreach (StepJson step in one.Timeline)
            page.Open("li").Element("span", "offset", Measure.Offset(TimeSpan.FromSeconds(step.OffsetSeconds))).Element("b", step.End).Text(" " + step.What).Close();
        page.Close().Close();
    }
}
