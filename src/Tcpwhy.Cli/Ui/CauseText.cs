using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui;

/// <summary>A cause's page, and the list of all causes, for a person.</summary>
internal static class CauseText
{
    public static void Write(CausePage page, Screen screen)
    {
        screen.Line(new Piece(page.Cause, Ink.Cyan));
        screen.Paragraph(0, new Piece(page.Title(screen.Language), Ink.Bold));
        string body = page.Body(screen.Language);
        string ownHeading = "# " + page.Cause;
        if (body.StartsWith(ownHeading, StringComparison.Ordinal))
            body = body[ownHeading.Length..].TrimStart('\n');
        if (body.Length == 0)
            return;
        screen.Blank();
        Markdown.Write(body, screen);
    }

    public static void WriteAll(Screen screen)
    {
        Table table = new(Ink.Cyan, Ink.Plain);
        foreach (string cause in CausePage.Causes())
            table.Add(cause, CausePage.Of(cause).Title(screen.Language));
        table.Write(screen, 0);
    }
}
