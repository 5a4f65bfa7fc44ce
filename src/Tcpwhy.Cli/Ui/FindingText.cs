using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui;

/// <summary>One finding for a person: what broke, who, why, how we know, what to do, and one connection as an example.</summary>
internal static class FindingText
{
    private const int Indent = 2;
    private const int Inner = 4;

    public static void Write(Finding finding, Screen screen)
    {
        CausePage page = CausePage.Of(finding.Cause);
        (string mark, Ink ink, string severity) = finding.Severity switch
        {
            Severity.Critical => ("✗", Ink.Red, screen.T("critical")),
            Severity.Warning => ("!", Ink.Yellow, screen.T("warning")),
            _ => ("·", Ink.Dim, screen.T("info")),
        };
        screen.Paragraph(0, Indent, new Piece(mark, ink), " ", new Piece(page.Title(screen.Language), Ink.Bold));
        screen.Paragraph(Indent, new Piece(severity, ink), " · ", new Piece(finding.Cause, Ink.Cyan), " · ",
            screen.Count(finding.Count, "{0} connection", "{0} connections"), " · ", Confidence(finding.Confidence, screen));
        Who(finding, screen);
        screen.Blank();
        screen.Paragraph(Indent, page.Explanation(finding, screen.Language));
        if (finding.AcrossGap)
            screen.Paragraph(Indent, new Piece(screen.T("Events were lost meanwhile: there may be more of these."), Ink.Yellow));

        Observations(finding, against: false, screen.T("Evidence"), screen);
        Observations(finding, against: true, screen.T("Against it"), screen);
        Remedies(finding, page, screen);
        if (page.Settles(finding, screen.Language) is { } settles)
        {
            Heading(screen.T("Would settle it"), screen);
            screen.Paragraph(Inner, settles);
        }
        if (finding.Examples.Count > 0)
            Timeline(finding, finding.Examples[0], screen);
    }

    /// <summary>How sure, in words and as a number.</summary>
    public static string Confidence(double confidence, Screen screen)
    {
        string words = confidence switch
        {
            >= 0.95 => screen.T("certain"),
            >= 0.8 => screen.T("very likely"),
            >= 0.6 => screen.T("likely"),
            >= 0.4 => screen.T("possible"),
            _ => screen.T("a guess"),
        };
        return $"{words} ({confidence:0.00})";
    }

    private static void Who(Finding finding, Screen screen)
    {
        string near = Ends.Of(finding.Local) ?? "";
        string far = Ends.Of(finding.Peer) ?? "";
        string other = finding.PeerProcess is { } peer ? Ends.Of(peer, screen, finding.MorePeerPids.Count) + " " : "";
        if (near.Length + far.Length + other.Length == 0 && finding.Process is null)
            return;
        string own = finding.Process is { } process ? Ends.Of(process, screen, finding.MorePids.Count) + " " : "";
        string arrow = far.Length + other.Length == 0 ? "" : Ends.Arrow(finding) + " ";
        Piece[] here = [new Piece(own, Ink.Bold), near, " "];
        Piece[] there = [arrow, new Piece(other, Ink.Bold), far];
        if (Indent + DisplayWidth.Of($"{own}{near} {arrow}{other}{far}") <= screen.Width)
        {
            screen.Paragraph(Indent, [.. here, .. there]);
            return;
        }
        screen.Paragraph(Indent, Indent, here);
        screen.Paragraph(Indent * 2, Indent, there);
    }

    private static void Observations(Finding finding, bool against, string heading, Screen screen)
    {
        Table table = new(Ink.Plain, Ink.Bold, Ink.Plain, Ink.Dim) { RightAligned = 2 };
        bool any = false;
        foreach (Evidence evidence in finding.Evidence)
        {
            if (evidence.Against != against)
                continue;
            table.Add(screen.Seen(evidence.What), screen.Seen(evidence.Value), $"{Measure.Number(evidence.Count)}×", Short(evidence.Source));
            any = true;
        }
        if (!any)
            return;
        Heading(heading, screen);
        table.Write(screen, Inner);
    }

    private static void Remedies(Finding finding, CausePage page, Screen screen)
    {
        if (finding.Remedy.Count == 0)
            return;
        Heading(screen.T("Do this"), screen);
        foreach (Remedy remedy in finding.Remedy)
        {
            screen.Paragraph(Inner, 2, new Piece("→", Ink.Green), " ", page.Remedy(remedy, finding, screen.Language));
            if (remedy.Setting is { } setting)
                screen.Paragraph(Inner + 2, new Piece(Change(remedy, setting), Ink.Bold));
        }
    }

    private static string Change(Remedy remedy, string setting) => (remedy.From, remedy.To) switch
    {
        (null, null) => setting,
        (null, { } to) => $"{setting} = {to}",
        ({ } from, null) => $"{setting} ({from})",
        ({ } from, { } to) => $"{setting}: {from} → {to}",
    };

    private static void Timeline(Finding finding, Example example, Screen screen)
    {
        Heading(screen.T("One of them: {0} at {1} UTC", Ends.Of(finding, example), Measure.Clock(example.Time)), screen);
        Table table = new(Ink.Dim, Ink.Cyan, Ink.Plain) { RightAligned = 0 };
        foreach (TimelineEntry entry in example.Timeline)
            table.Add(Measure.Offset(entry.Offset), screen.T(entry.End), screen.Seen(entry.What));
        table.Write(screen, Inner);
    }

    private static void Heading(string text, Screen screen)
    {
        screen.Blank();
        screen.Paragraph(Indent, new Piece(text, Ink.Bold));
    }

    /// <summary>tcp_send_reset for tcp:tcp_send_reset: the column is narrow, and the name says it all.</summary>
    private static string Short(string source) => source[(source.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
