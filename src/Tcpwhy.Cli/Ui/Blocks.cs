namespace Tcpwhy.Cli.Ui;

/// <summary>Short lists side by side, as many as the screen has room for, each row a word with its number.</summary>
internal sealed class Blocks(Screen screen)
{
    private const int Narrowest = 36;
    private const int Gap = 4;

    // A long number leaves its word so much.
    private const int LeastWord = 8;
    private readonly List<(string Title, IReadOnlyList<(string Word, string Number)> Rows)> _blocks = [];

    /// <summary>A list; left out when it has no rows.</summary>
    public void Add(string title, IEnumerable<(string Word, string Number)> rows)
    {
        List<(string, string)> all = [.. rows];
        if (all.Count > 0)
            _blocks.Add((title, all));
    }

    public void Write()
    {
        int abreast = Math.Max((screen.Width + Gap) / (Narrowest + Gap), 1);
        int width = ((screen.Width + Gap) / abreast) - Gap;
        for (int first = 0; first < _blocks.Count; first += abreast)
        {
            var band = _blocks[first..Math.Min(first + abreast, _blocks.Count)];
            screen.Blank();
            Line(band, width, block => new Piece(Cut(Escape.Visible(block.Title), width), Ink.Bold), _ => "");
            for (int row = 0; row < band.Max(block => block.Rows.Count); row++)
            {
                int at = row;
                Line(band, width,
                    block => at < block.Rows.Count ? "  " + Cut(Escape.Visible(block.Rows[at].Word), Math.Max(width - 4 - DisplayWidth.Of(block.Rows[at].Number), LeastWord)) : "",
                    block => at < block.Rows.Count ? Cut(block.Rows[at].Number, width - 4 - Math.Min(DisplayWidth.Of(Escape.Visible(block.Rows[at].Word)), LeastWord)) : "");
            }
        }
    }

    /// <summary>The text, cut to a width with an ellipsis; of an address or a process both ends matter, so it is cut in the middle.</summary>
    public static string Cut(string text, int width)
    {
        if (DisplayWidth.Of(text) <= width)
            return text;
        if (width <= 0)
            return "";
        List<System.Text.Rune> start = [], end = [];
        int used = 1, last = text.EnumerateRunes().Count();
        System.Text.Rune[] runes = [.. text.EnumerateRunes()];
        for (int first = 0; first < last; first++)
        {
            if ((used += DisplayWidth.Of(runes[first])) > width)
                break;
            start.Add(runes[first]);
            if ((used += DisplayWidth.Of(runes[--last])) > width)
                break;
            end.Insert(0, runes[last]);
        }
        return string.Concat(start) + "…" + string.Concat(end);
    }

    private void Line(List<(string Title, IReadOnlyList<(string Word, string Number)> Rows)> band, int width, Func<(string Title, IReadOnlyList<(string Word, string Number)> Rows), Piece> left, Func<(string Title, IReadOnlyList<(string Word, string Number)> Rows), string> right)
    {
        List<Piece> pieces = [];
        int owed = 0;
        foreach (var block in band)
        {
            Piece word = left(block);
            string number = right(block);
            if (word.Text.Length > 0)
            {
                pieces.Add(new string(' ', owed));
                pieces.Add(word);
                owed = 0;
            }
            int space = width - DisplayWidth.Of(word.Text) - DisplayWidth.Of(number);
            if (number.Length > 0)
            {
                pieces.Add(new string(' ', owed + space) + number);
                (owed, space) = (0, 0);
            }
            owed += space + Gap;
        }
        screen.Write(pieces, 0);
    }
}
