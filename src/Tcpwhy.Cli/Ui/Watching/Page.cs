using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>Text that other commands print, as lines for the screen.</summary>
internal static class Page
{
    private static readonly Ink[] Inks = [Ink.Bold, Ink.Dim, Ink.Red, Ink.Yellow, Ink.Green, Ink.Cyan];

    /// <summary>What <paramref name="write"/> writes, at this width.</summary>
    public static List<List<Piece>> Of(Action<Screen> write, int width, Language language)
    {
        using StringWriter text = new() { NewLine = "\n" };
        write(new Screen(text, width, colour: true, language));
        return [.. text.ToString().TrimEnd('\n').Split('\n').Select(Pieces)];
    }

    /// <summary>Draws lines from row <paramref name="top"/> on, below row <paramref name="end"/> none.</summary>
    public static void Draw(CellBuffer cells, IReadOnlyList<List<Piece>> lines, int first, int top, int end, int indent = 0)
    {
        for (int line = first; line < lines.Count && top < end; line++, top++)
        {
            int x = indent;
            foreach (Piece piece in lines[line])
                x = cells.Put(x, top, piece.Text, piece.Ink);
        }
    }

    // A screen that may be coloured writes nothing raw but the codes of its own inks.
    private static List<Piece> Pieces(string line)
    {
        List<Piece> pieces = [];
        Ink ink = Ink.Plain;
        while (line.Length > 0)
        {
            int escape = line.IndexOf('\e', StringComparison.Ordinal);
            if (escape != 0)
            {
                pieces.Add(new Piece(escape < 0 ? line : line[..escape], ink));
                line = escape < 0 ? "" : line[escape..];
                continue;
            }
            int end = line.IndexOf('m', StringComparison.Ordinal);
            string code = line[2..end];
            ink = Array.Find(Inks, one => one.Code() == code);
            line = line[(end + 1)..];
        }
        return pieces;
    }
}
