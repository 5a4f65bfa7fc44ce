using Tcpwhy.Model;
using Tcpwhy.Readings;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>One interval in a few lines, where there is no terminal for a screen.</summary>
internal static class SnapshotText
{
    private const int Most = 5;

    /// <param name="findings">What broke in the interval, normal life included.</param>
    public static void Write(Reading reading, IReadOnlyList<Finding> findings, IReadOnlyList<Warning> warnings, Screen screen)
    {
        string load = reading.Load is { } average ? " · " + screen.T("load {0} {1} {2}", Fixed(average.One), Fixed(average.Five), Fixed(average.Fifteen)) : "";
        screen.Line(new Piece($"{Measure.Date(reading.Time)} {Measure.Seconds(reading.Time)} UTC", Ink.Bold), load);
        Table table = new(Ink.Dim, Ink.Plain);
        table.Add(screen.T("Connections"), reading.Connections == 0 ? "0" : $"{Measure.Number(reading.Connections)}: {SummaryText.States(reading)}");
        if (reading.Rates is { } rates)
            table.Add(screen.T("Per second"), SummaryText.Rates(rates, screen));
        Row(screen.T("Local ports"), reading.LocalPorts.Select(one => $":{one.Port} {Measure.Number(one.Count)}"), table);
        Row(screen.T("Processes"), reading.Processes.Select(one => $"{SummaryText.Name(one.Process)} {Measure.Number(one.Count)}"), table);
        table.Write(screen, 2);
        foreach (Finding finding in findings.Where(one => one.Severity != Severity.Info))
        {
            (string mark, Ink ink) = FailuresView.Mark(finding.Severity);
            screen.Paragraph(2, 2, new Piece(mark, ink), " ", new Piece(finding.Cause, Ink.Cyan), $" {Measure.Number(finding.Count)}× ", CausePage.Of(finding.Cause).Title(screen.Language), " · ", FailuresView.Who(finding));
        }
        foreach (Warning warning in warnings)
            screen.Paragraph(2, 2, new Piece("!", Ink.Yellow), " ", WarningText.Of(warning, screen));
    }

    private static void Row(string title, IEnumerable<string> parts, Table table)
    {
        string line = string.Join(" · ", parts.Take(Most).Select(part => part.Replace(' ', '\u00a0')));
        if (line.Length > 0)
            table.Add(title, line);
    }

    private static string Fixed(double load) => load.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);
}
