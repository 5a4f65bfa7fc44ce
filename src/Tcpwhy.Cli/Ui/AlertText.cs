using Tcpwhy.Alerting;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Ui;

/// <summary>What becomes of alerts, for a person: a line each, and below one that counts failures what to do.</summary>
internal static class AlertText
{
    private const int Indent = 2;

    /// <summary>A change as it happens.</summary>
    public static void Write(AlertChange change, Screen screen)
    {
        screen.Paragraph(0, Indent, Line(change, screen));
        if (change.Kind is not (AlertChangeKind.Fired or AlertChangeKind.Escalated))
            return;
        foreach (string detail in new AlertWords(screen.Language).Details(change.Alert))
            screen.Paragraph(Indent, Indent, new Piece(detail, Ink.Dim));
    }

    /// <summary>The pieces of one line: when, how bad, which rule, what.</summary>
    public static Piece[] Line(AlertChange change, Screen screen)
    {
        var words = new AlertWords(screen.Language);
        (string mark, Ink ink) = change.Kind == AlertChangeKind.Resolved ? ("✓", Ink.Green)
            : change.Alert.Severity == Severity.Critical ? ("✗", Ink.Red) : ("!", Ink.Yellow);
        return
        [
            new Piece(Measure.Seconds(change.Time), Ink.Dim), " ",
            new Piece($"{mark} {words.State(change)}", ink), " ",
            new Piece(change.Alert.Rule, Ink.Bold), " ",
            words.Summary(change),
        ];
    }
}
