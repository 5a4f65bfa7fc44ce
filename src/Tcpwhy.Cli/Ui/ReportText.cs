using Tcpwhy.Alerting;
using Tcpwhy.Patterns;
using Tcpwhy.Reporting;

namespace Tcpwhy.Cli.Ui;

/// <summary>A report for a terminal: why connections broke, what is near a limit, what shows over time.</summary>
internal static class ReportText
{
    public static void Write(Report report, Screen screen)
    {
        if (report.Kind == ReportKind.Once && report.Last is { } reading)
            SummaryText.Write(reading, report.Warnings, 5, screen);
        else
            AnswerText.Write(report.Answer, screen);
        if (report.Kind != ReportKind.Once && report.Warnings.Count > 0)
        {
            Heading(screen.T("Near a limit"), screen);
            foreach (Readings.Warning warning in report.Warnings)
                screen.Paragraph(2, 2, new Piece("!", Ink.Yellow), " ", WarningText.Of(warning, screen));
        }
        if (report.Alerts.Count > 0)
        {
            Heading(screen.T("Alerts"), screen);
            AlertWords words = new(screen.Language);
            foreach (AlertChange change in report.Alerts)
                screen.Paragraph(2, 2, new Piece(Measure.Seconds(change.Time), Ink.Dim), " ", words.State(change), " ", words.Summary(change));
        }
        if (report.Kind == ReportKind.Once || report.Patterns.Count == 0)
            return;
        Heading(screen.T("Patterns"), screen);
        foreach (Pattern pattern in report.Patterns)
        {
            bool quiet = pattern is Normal or InsufficientData;
            screen.Paragraph(2, 2, new Piece(quiet ? "·" : "→", quiet ? Ink.Dim : Ink.Cyan), " ", PatternWords.Of(pattern, screen));
        }
    }

    private static void Heading(string text, Screen screen)
    {
        screen.Blank();
        screen.Line(new Piece(text, Ink.Bold));
    }
}
