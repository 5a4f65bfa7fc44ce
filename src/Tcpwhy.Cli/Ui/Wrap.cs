using System.Text;

namespace Tcpwhy.Cli.Ui;

/// <summary>Breaks text into lines at its spaces; only a word wider than a line is cut.</summary>
internal static class Wrap
{
    /// <summary>Lines of at most <paramref name="width"/> columns.</summary>
    public static List<List<Piece>> Lines(ReadOnlySpan<Piece> text, int width)
    {
        List<List<Piece>> lines = [[]];
        int used = 0;
        foreach (List<Piece> word in Words(text))
        {
            int wide = Width(word);
            if (used > 0 && used + 1 + wide <= width)
            {
                Append(lines[^1], new Piece(" ", word[0].Ink == lines[^1][^1].Ink ? word[0].Ink : Ink.Plain));
                used++;
            }
            else if (used > 0)
            {
                lines.Add([]);
                used = 0;
            }
            foreach (Piece piece in word)
            {
                foreach (Rune rune in piece.Text.EnumerateRunes())
                {
                    int columns = DisplayWidth.Of(rune);
                    if (used + columns > width && used > 0)
                    {
                        lines.Add([]);
                        used = 0;
                    }
                    Append(lines[^1], new Piece(rune.ToString(), piece.Ink));
                    used += columns;
                }
            }
        }
        return lines;
    }

    /// <summary>Columns that the pieces take on one line.</summary>
    public static int Width(List<Piece> pieces)
    {
        int width = 0;
        foreach (Piece piece in pieces)
            width += DisplayWidth.Of(piece.Text);
        return width;
    }

    // A word may be of several pieces: a bold name in plain brackets.
    private static List<List<Piece>> Words(ReadOnlySpan<Piece> text)
    {
        List<List<Piece>> words = [];
        bool open = false;
        foreach (Piece piece in text)
        {
            string escaped = Escape.Visible(piece.Text);
            int start = 0;
            while (start < escaped.Length)
            {
                int space = escaped.IndexOf(' ', start);
                int end = space < 0 ? escaped.Length : space;
                if (end > start)
                {
                    if (!open)
                        words.Add([]);
                    words[^1].Add(new Piece(escaped[start..end], piece.Ink));
                }
                open = space < 0;
                start = end + 1;
            }
        }
        return words;
    }

    private static void Append(List<Piece> line, Piece piece)
    {
        if (line.Count > 0 && line[^1].Ink == piece.Ink)
            line[^1] = new Piece(line[^1].Text + piece.Text, piece.Ink);
        else
            line.Add(piece);
    }
}
