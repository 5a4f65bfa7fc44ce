using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>What breaks, by cause, over time; below it the latest example of the selected cause.</summary>
internal static class FailuresView
{
    private const int LeastExample = 6;

    public static void Draw(WatchData data, ViewState state, CellBuffer cells, int top, int end, Screen words)
    {
        List<CauseTrack> causes = data.Causes();
        state.Has(causes.Count);
        Chart(data, state, cells, top, words);
        top += 2;
        if (causes.Count == 0)
        {
            cells.Put(0, top, words.T("Nothing broke so far."), Ink.Green);
            return;
        }
        int chart = Math.Clamp((cells.Width / 3) - 12, 10, 60);
        Grid grid = new(
            new GridColumn(""),
            new GridColumn(words.T("cause"), Least: 20),
            new GridColumn(words.T("all"), IsNumber: true),
            new GridColumn(WatchView.SpanText(state.Span, words)),
            new GridColumn(words.T("ago"), IsNumber: true),
            new GridColumn(words.T("who, the latest"), Least: 16) { Stretches = true });
        foreach (CauseTrack one in causes)
        {
            (string mark, Ink ink) = Mark(one.Severity);
            grid.Add(ink, mark, one.Cause, Measure.Number(one.Series.Total), WatchView.Chart(one.Series, data.Now, state.Span, chart),
                WatchView.Ago(data.Now - one.Last), Who(one.Examples[0]));
        }
        int list = Math.Min(causes.Count + 1, Math.Max((end - top) / 2, 4));
        if (end - top - list < LeastExample)
            list = end - top;
        int y = grid.Draw(cells, top, top + list, state.Selected);
        if (end - y > LeastExample - 1)
            Example(causes[state.Selected].Examples[0], cells, y + 1, end, words);
    }

    public static (string Mark, Ink Ink) Mark(Severity severity) => severity switch
    {
        Severity.Critical => ("✗", Ink.Red),
        Severity.Warning => ("!", Ink.Yellow),
        _ => ("·", Ink.Dim),
    };

    private static void Chart(WatchData data, ViewState state, CellBuffer cells, int top, Screen words)
    {
        string title = words.T("failed, {0}", WatchView.SpanText(state.Span, words));
        int x = cells.Put(0, top, title, Ink.Bold) + 2;
        string sum = Measure.Number(data.Failed.Sum(data.Now, state.Span));
        int width = cells.Width - x - DisplayWidth.Of(sum) - 2;
        cells.Put(x, top, WatchView.Chart(data.Failed, data.Now, state.Span, width), Ink.Red);
        cells.PutRight(x, cells.Width, top, sum, Ink.Bold);
    }

    private static void Example(Finding finding, CellBuffer cells, int top, int end, Screen words)
    {
        CausePage page = CausePage.Of(finding.Cause);
        List<List<Piece>> lines = Page.Of(screen =>
        {
            screen.Paragraph(0, new Piece(page.Title(screen.Language), Ink.Bold));
            screen.Paragraph(0, page.Explanation(finding, screen.Language));
            foreach (Remedy remedy in finding.Remedy.Take(1))
                screen.Paragraph(0, 2, new Piece("→", Ink.Green), " ", page.Remedy(remedy, finding, screen.Language));
            if (finding.Examples.Count == 0)
                return;
            screen.Line(new Piece(screen.T("One of them: {0} at {1} UTC", Ends.Of(finding, finding.Examples[0]), Measure.Clock(finding.Examples[0].Time)), Ink.Dim));
            Table table = new(Ink.Dim, Ink.Cyan, Ink.Plain) { RightAligned = 0 };
            foreach (TimelineEntry entry in finding.Examples[0].Timeline)
                table.Add(Measure.Offset(entry.Offset), screen.T(entry.End), screen.Seen(entry.What));
            table.Write(screen, 2);
        }, Math.Min(cells.Width, 110), words.Language);
        Page.Draw(cells, lines, 0, top, end);
    }

    public static string Who(Finding finding) => $"{finding.Who} {Ends.Of(finding)}".TrimStart();
}
