using Tcpwhy.Model;

namespace Tcpwhy.Cli.Ui;

/// <summary>What can be seen on this host, and how to see more, for a person.</summary>
internal static class DoctorText
{
    public static void Write(Visibility visibility, Screen screen)
    {
        int missing = 0;
        foreach (VisibilityCheck check in visibility.Checks)
            missing += check.Ok ? 0 : 1;
        screen.Paragraph(0, missing == 0
            ? new Piece(screen.T("Everything that tcpwhy can see, it can see here."), Ink.Green)
            : new Piece(screen.Count(missing, "{0} thing is missing to see everything here.", "{0} things are missing to see everything here."), Ink.Bold));
        screen.Line(new Piece(screen.T("Linux {0}, as {1}", visibility.Kernel, visibility.User), Ink.Dim));
        screen.Blank();
        Table table = new(Ink.Plain, Ink.Plain, Ink.Dim);
        foreach (VisibilityCheck check in visibility.Checks)
            table.Add(check.Ok ? "✓" : "✗", screen.T(check.Name), check.Detail);
        table.Write(screen, 0);

        foreach (VisibilityCheck check in visibility.Checks)
        {
            if (check.Ok)
                continue;
            screen.Blank();
            screen.Paragraph(0, 2, new Piece("✗", Ink.Red), " ", new Piece(screen.T(check.Name), Ink.Bold));
            if (check.Unlocks.Count > 0)
                screen.Paragraph(2, 2, screen.T("without it, not told: {0}", string.Join(", ", check.Unlocks)));
            if (check.HowTo is { } how)
                screen.Paragraph(2, 2, new Piece("→", Ink.Green), " ", screen.T(how));
        }
    }
}
