using Tcpwhy.Texts;

namespace Tcpwhy.Cli.Ui;

/// <summary>Where text goes: its width, its language and whether it may be coloured. Whatever is written is escaped, so no name from outside reaches the terminal raw.</summary>
internal sealed class Screen(TextWriter writer, int width, bool colour, Language language)
{
    public int Width => width;

    public Language Language => language;

    public bool Coloured => colour;

    /// <summary>The phrase in the reader's language.</summary>
    public string T(string phrase) => Translations.Get(language, phrase);

    /// <summary>The phrase in the reader's language, with values in the places {0}, {1} ….</summary>
    public string T(string phrase, params object?[] values) => string.Format(T(phrase), values);

    /// <summary>What was observed, in the reader's language.</summary>
    public string Seen(string observation) => Translations.Observed(language, observation);

    /// <summary>The phrase for one thing or for several; {0} is their number.</summary>
    public string Count(long count, string one, string several) => T(count == 1 ? one : several, count.ToString("N0"));

    public void Blank() => writer.WriteLine();

    /// <summary>One line, not wrapped.</summary>
    public void Line(params ReadOnlySpan<Piece> pieces)
    {
        foreach (Piece piece in pieces)
            Put(Escape.Visible(piece.Text), piece.Ink);
        writer.WriteLine();
    }

    /// <summary>Text wrapped at the width, its first line indented by <paramref name="indent"/> columns and the others by <paramref name="hanging"/> more.</summary>
    public void Paragraph(int indent, int hanging, params ReadOnlySpan<Piece> text)
    {
        bool first = true;
        foreach (List<Piece> line in Wrap.Lines(text, Math.Max(width - indent - hanging, 8)))
        {
            Write(line, first ? indent : indent + hanging);
            first = false;
        }
    }

    public void Paragraph(int indent, params ReadOnlySpan<Piece> text) => Paragraph(indent, 0, text);

    /// <summary>One line of pieces that <see cref="Wrap"/> made, which escaped them.</summary>
    public void Write(List<Piece> line, int indent)
    {
        writer.Write(new string(' ', line.Count > 0 ? indent : 0));
        foreach (Piece piece in line)
            Put(piece.Text, piece.Ink);
        writer.WriteLine();
    }

    private void Put(string text, Ink ink)
    {
        if (!colour || ink == Ink.Plain)
        {
            writer.Write(text);
            return;
        }
        writer.Write($"\e[{ink.Code()}m");
        writer.Write(text);
        writer.Write("\e[0m");
    }
}
