using Tcpwhy.Texts;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Ui;

/// <summary>A plan for a person: each change with its reason, evidence and risk, then what is left alone and why.</summary>
internal static class TunePlanText
{
    /// <param name="overriding">Lines of other files that would win over ours at the next boot.</param>
    public static void Write(TuningPlan plan, string target, Func<string, List<string>> overriding, Screen screen)
    {
        if (plan.Changes.Count == 0)
            screen.Paragraph(0, new Piece(screen.T("Nothing to change on {0}: no finding and no limit asks for it.", target), Ink.Green));
        else
            screen.Paragraph(0, new Piece(screen.Count(plan.Changes.Count, "{0} change", "{0} changes") + screen.T(" for {0}", target), Ink.Bold));
        foreach (Change change in plan.Changes)
            Write(change, overriding(change.Setting.Name), screen);
        if (plan.LeftAlone.Count == 0)
            return;
        screen.Blank();
        screen.Line(new Piece(screen.T("Left alone"), Ink.Bold));
        foreach (LeftAlone left in plan.LeftAlone)
        {
            screen.Line("  ", new Piece(left.Setting, Ink.Cyan));
            screen.Paragraph(6, new Piece(left.In(screen.Language), Ink.Dim));
        }
    }

    /// <summary>The changes alone, a line each, as they are asked about.</summary>
    public static void Difference(IReadOnlyList<Change> changes, Screen screen)
    {
        foreach (Change change in changes)
        {
            screen.Line(new Piece($"- {change.Setting.Name} = {change.From}", Ink.Red));
            screen.Line(new Piece($"+ {change.Setting.Name} = {change.To}", Ink.Green));
        }
    }

    private static void Write(Change change, List<string> overriding, Screen screen)
    {
        screen.Blank();
        screen.Paragraph(0, 4, new Piece(change.Setting.Name, Ink.Cyan), "  ", Shown(change.From), " → ", new Piece(Shown(change.To), Ink.Bold),
            change.Setting.Scope == SettingScope.Host ? screen.T("  (of the whole host)") : "");
        screen.Paragraph(2, 2, change.Why.In(screen.Language));
        foreach (Sentence evidence in change.Evidence)
            screen.Paragraph(2, 2, new Piece("· ", Ink.Dim), evidence.In(screen.Language));
        if (change.Setting.Risk(screen.Language) is { } risk)
            screen.Paragraph(2, 2, new Piece(screen.T("risk:"), Ink.Yellow), " ", risk);
        foreach (string line in overriding)
            screen.Paragraph(2, 2, new Piece("! ", Ink.Red), screen.T("will not last beyond a reboot, for this is read later: {0}", line));
    }

    private static string Shown(string value) => value.Length == 0 ? "\"\"" : value;
}
