using Tcpwhy.Model;
using Tcpwhy.Probing;

namespace Tcpwhy.Cli.Ui;

/// <summary>What reusing connections showed, for a person: the verdict, a line for each time of reuse, then why requests were lost.</summary>
internal static class ReuseText
{
    public static void Write(ReuseAnswer answer, Screen screen)
    {
        ReuseGroup? around = answer.Of(ReuseWhen.Around), after = answer.Of(ReuseWhen.After);
        List<string> verdict = [];
        if (around is null)
            verdict.Add(screen.T("Stopped before any request was due."));
        else if (around.Lost > 0)
            verdict.Add(screen.T("The keep-alive race happens here: {0} of {1} requests around {2} idle were lost.", around.Lost, around.Pairs, IdleText.Time(answer.Timeout)));
        else
            verdict.Add(screen.T("The keep-alive race did not show: none of {0} requests around {1} idle was lost.", around.Pairs, IdleText.Time(answer.Timeout)));
        if (after is { Lost: > 0 })
            verdict.Add(screen.T("Sent without looking, after the close, {0} of {1} were.", after.Lost, after.Pairs));
        screen.Paragraph(0, new Piece(string.Join(' ', verdict), around is { Lost: 0 } ? Ink.Green : Ink.Yellow));
        screen.Blank();
        Table table = new(Ink.Dim, Ink.Plain, Ink.Plain);
        foreach (ReuseGroup group in answer.Groups)
            table.Add(When(group, screen), Idle(group), Fate(group, screen));
        table.Write(screen, 0);
        foreach (Finding finding in answer.Findings)
        {
            screen.Blank();
            FindingText.Write(finding, screen);
        }
    }

    private static string When(ReuseGroup group, Screen screen) => group.When switch
    {
        ReuseWhen.Before => screen.T("clear of the limit"),
        ReuseWhen.Around => screen.T("around it"),
        _ => screen.T("after it, unchecked"),
    };

    private static string Idle(ReuseGroup group) => $"{group.From.TotalSeconds:0.000}–{group.To.TotalSeconds:0.000} s";

    private static string Fate(ReuseGroup group, Screen screen)
    {
        List<string> parts = [];
        void Say(int count, string what)
        {
            if (count > 0)
                parts.Add(what);
        }
        Say(group.Answered, screen.T("{0} answered", group.Answered));
        Say(group.Noticed, screen.T("{0} closes seen in time", group.Noticed));
        Say(group.Closed, screen.T("{0} lost to a close", group.Closed));
        Say(group.Reset, screen.T("{0} lost to a reset", group.Reset));
        Say(group.Silent, screen.T("{0} lost without a word", group.Silent));
        return string.Join(", ", parts);
    }
}
