using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Ui;

/// <summary>What tuning has in force, for a person.</summary>
internal static class TuneStatusText
{
    public static void Write(IReadOnlyList<Tuned> targets, DateTimeOffset now, Screen screen)
    {
        if (targets.Count == 0)
            screen.Line(screen.T("Nothing that tcpwhy applied is in force."));
        bool first = true;
        foreach (Tuned tuned in targets)
        {
            if (!first)
                screen.Blank();
            first = false;
            Write(tuned, now, screen);
        }
    }

    /// <summary>What was undone, and why, in one sentence.</summary>
    public static string Sentence(string target, Undone undone, Screen screen)
    {
        string why = undone.Why switch
        {
            "not-confirmed" => screen.T("nobody confirmed in time"),
            "timer-killed" => screen.T("the process that guarded the change was ended"),
            "failures-rose" => screen.T("failures rose"),
            "reboot" => screen.T("the host rebooted before it was confirmed"),
            "apply-failed" => screen.T("the kernel refused a value"),
            _ => screen.T("you asked for it"),
        };
        string said = screen.T("{0} of {1} set back: {2}", screen.Count(undone.Settings.Count, "{0} setting", "{0} settings"), Name(target, screen), why);
        return undone.Kept.Count == 0 ? said : screen.T("{0}; left, for somebody else changed them since: {1}", said, string.Join(", ", undone.Kept));
    }

    private static void Write(Tuned tuned, DateTimeOffset now, Screen screen)
    {
        Journal journal = tuned.Journal;
        Piece state = journal.Pending switch
        {
            { } pending => new Piece(screen.T("waits for confirmation until {0} ({1} left)", Measure.Seconds(pending.ConfirmBy) + " UTC", Measure.Of(pending.ConfirmBy > now ? pending.ConfirmBy - now : TimeSpan.Zero)), Ink.Yellow),
            _ when tuned.Settings.Count > 0 => new Piece(screen.T("confirmed"), Ink.Green),
            _ => screen.T("as it was before tcpwhy"),
        };
        screen.Paragraph(0, 2, new Piece(Name(journal.Target, screen), Ink.Bold), ": ", state);
        foreach (TunedSetting one in tuned.Settings)
        {
            screen.Paragraph(2, 4, new Piece(one.Setting, Ink.Cyan), $"  {Shown(one.Before)} → {Shown(one.To)}",
                one.Now == one.To ? "" : screen.T("  (somebody else has set {0} since)", Shown(one.Now ?? "?")));
        }
        if (journal.File is { } file && journal.Pending is null && tuned.Settings.Count > 0)
            screen.Paragraph(2, 2, new Piece(screen.T("lasts beyond a reboot by {0}", file), Ink.Dim));
        if (journal is { IsHost: false } && tuned.Settings.Count > 0)
            screen.Paragraph(2, 2, new Piece(screen.T("lasts as long as the namespace"), Ink.Dim));
        if (journal.Last is { } last)
            screen.Paragraph(2, 2, new Piece($"{Measure.Date(last.Time)} {Measure.Seconds(last.Time)} UTC  {Sentence(journal.Target, last, screen)}", Ink.Dim));
    }

    private static string Name(string target, Screen screen) => target == "host" ? screen.T("this host") : screen.T("the network namespace {0}", target);

    private static string Shown(string value) => value.Length == 0 ? "\"\"" : value;
}
