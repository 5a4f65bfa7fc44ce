using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui;

/// <summary>An answer for a person: the verdict, then each finding with its evidence and fix, then normal life, then what was watched.</summary>
internal static class AnswerText
{
    public static void Write(Answer answer, Screen screen)
    {
        List<Finding> broken = [];
        List<Finding> normal = [];
        foreach (Finding finding in answer.Findings)
            (finding.Severity == Severity.Info ? normal : broken).Add(finding);

        Verdict(answer, broken, screen);
        foreach (Finding finding in broken)
        {
            screen.Blank();
            FindingText.Write(finding, screen);
        }
        if (broken.Count > 0)
        {
            screen.Blank();
            screen.Line(new Piece(screen.T("More about it: {0}", $"tcpwhy explain {broken[0].Cause}"), Ink.Dim));
        }
        if (normal.Count > 0)
        {
            screen.Blank();
            NormalLife(normal, screen);
        }
        screen.Blank();
        WatchedText.Write(answer, screen);
    }

    private static void Verdict(Answer answer, List<Finding> broken, Screen screen)
    {
        if (broken.Count == 0)
        {
            Piece calm = answer.Unavailable.Count == 0
                ? new Piece(screen.T("Nothing broke."), Ink.Green)
                : new Piece(screen.T("Nothing broke that can be seen here; {0} causes cannot be told.", Measure.Number(answer.Unavailable.Select(one => one.Cause).Distinct().Count())), Ink.Yellow);
            screen.Paragraph(0, calm, " ", screen.T("{0} opened, {1} closed normally.",
                screen.Count(answer.Opened, "{0} connection", "{0} connections"), Measure.Number(answer.ClosedNormally)));
            return;
        }
        string failed = answer.Failed == 0 ? screen.T("Connections are in trouble")
            : answer.Opened < answer.Failed ? screen.Count(answer.Failed, "{0} connection failed", "{0} connections failed")
            : screen.T("{0} of {1} connections failed", Measure.Number(answer.Failed), Measure.Number(answer.Opened));
        string reasons = broken.Count == 1 ? screen.T("{0}, for one reason:", failed)
            : screen.T("{0}, for {1} reasons. The first is the one to act on:", failed, broken.Count);
        screen.Paragraph(0, new Piece(reasons, Ink.Bold));
    }

    private static void NormalLife(List<Finding> normal, Screen screen)
    {
        screen.Line(new Piece(screen.T("Normal life, nothing to do"), Ink.Bold));
        Table table = new(Ink.Dim, Ink.Plain) { RightAligned = 0 };
        foreach (Finding finding in normal)
        {
            string who = finding.Process is { } process ? Ends.Of(process, screen, finding.MorePids.Count) : Ends.Of(finding);
            string title = CausePage.Of(finding.Cause).Title(screen.Language);
            table.Add($"{Measure.Number(finding.Count)}×", who.Length == 0 ? $"{finding.Cause}: {title}" : $"{finding.Cause}: {title}; {who}");
        }
        table.Write(screen, 2);
    }
}
