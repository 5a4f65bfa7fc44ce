namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>What each key does.</summary>
internal static class HelpView
{
    public static void Draw(CellBuffer cells, int top, int end, Screen words)
    {
        Page.Draw(cells, Page.Of(screen =>
        {
            Table table = new(Ink.Bold, Ink.Plain);
            table.Add("1 … 6, tab", screen.T("failures, connections, listeners, processes and pools, limits, alerts"));
            table.Add("↑ ↓ j k, PgUp PgDn", screen.T("select a row, scroll a page"));
            table.Add("⏎", screen.T("all of the selected one: timeline, verdict and fix; every field; pool"));
            table.Add("← →", screen.T("in details: the example before, the next one"));
            table.Add("+ -", screen.T("longer or shorter time in charts, from 1 min to 24 h"));
            table.Add("p, space", screen.T("stand still, and go on"));
            table.Add("/", screen.T("show only connections that a filter chooses, as ss says it: dport = :443"));
            table.Add("s, r", screen.T("another order of connections; the same reversed"));
            table.Add("Ctrl-L", screen.T("draw anew"));
            table.Add("q, Ctrl-C", screen.T("quit; the result of the whole time is printed then"));
            table.Write(screen, 0);
            screen.Blank();
            screen.Paragraph(0, new Piece("✗", Ink.Red), " ", screen.T("critical"), "  ", new Piece("!", Ink.Yellow), " ", screen.T("warning"), "  ", new Piece("·", Ink.Dim), " ", screen.T("normal life, nothing to do"));
        }, Math.Min(cells.Width, 100), words.Language), 0, top, end);
    }
}
