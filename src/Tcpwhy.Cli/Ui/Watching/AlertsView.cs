using Tcpwhy.Alerting;
using Tcpwhy.Readings;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>What fires, what changed last, and what is near a limit now.</summary>
internal static class AlertsView
{
    public static void Draw(WatchData data, ViewState state, CellBuffer cells, int top, int end, Screen words)
    {
        state.Has(0);
        AlertWords sentences = new(words.Language);
        List<List<Piece>> lines = Page.Of(screen =>
        {
            screen.Line(new Piece(screen.Count(data.Firing.Count, "{0} alert fires", "{0} alerts fire"), Ink.Bold));
            foreach (Alert alert in data.Firing)
            {
                (string mark, Ink ink) = FailuresView.Mark(alert.Severity);
                AlertChange change = new(AlertChangeKind.Fired, alert, data.Now, null);
                screen.Paragraph(2, 2, new Piece(mark, ink), " ", sentences.Summary(change), new Piece($" ({WatchView.Ago(data.Now - alert.Fired)})", Ink.Dim));
            }
            screen.Blank();
            screen.Line(new Piece(screen.T("The last changes"), Ink.Bold));
            foreach (AlertChange change in data.AlertChanges.Reverse().Take(5))
            {
                Ink ink = change.Kind == AlertChangeKind.Resolved ? Ink.Green : FailuresView.Mark(change.Alert.Severity).Ink;
                screen.Paragraph(2, 2, new Piece(Measure.Seconds(change.Time), Ink.Dim), " ", new Piece(sentences.State(change), ink), " ", sentences.Summary(change));
            }
            if (data.AlertChanges.Count == 0)
                screen.Line("  ", screen.T("none so far"));
            screen.Blank();
            screen.Line(new Piece(screen.Count(data.Warnings.Count, "{0} warning now", "{0} warnings now"), Ink.Bold));
            foreach (Warning warning in data.Warnings)
                screen.Paragraph(2, 2, new Piece("!", Ink.Yellow), " ", WarningText.Of(warning, screen));
        }, cells.Width, words.Language);
        Page.Draw(cells, lines, 0, top, end);
    }
}
