namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>A table in cells: titles, then rows, in columns that fit the width; one that may be narrowed is cut in the middle.</summary>
internal sealed class Grid(params GridColumn[] columns)
{
    private const int Gap = 2;
    private readonly List<(string[] Cells, Ink Ink)> _rows = [];

    /// <summary>One cell per column; <paramref name="ink"/> draws those of columns without an ink of their own.</summary>
    public void Add(Ink ink, params string[] cells) => _rows.Add((cells, ink));

    /// <summary>Draws within rows <paramref name="top"/> to <paramref name="end"/>, so that the selected row is seen; returns the row behind it.</summary>
    /// <param name="selected">Index of the selected row, or -1.</param>
    public int Draw(CellBuffer cells, int top, int end, int selected = -1)
    {
        int[] widths = Widths(cells.Width);
        Line(cells, top, Array.ConvertAll(columns, column => column.Title), Ink.Bold, widths, title: true);
        int room = end - top - 1;
        if (room <= 0)
            return end;
        int first = Math.Clamp(selected - (room / 2), 0, Math.Max(_rows.Count - room, 0));
        int y = top + 1;
        for (int row = first; row < _rows.Count && y < end; row++, y++)
        {
            Line(cells, y, _rows[row].Cells, _rows[row].Ink, widths, title: false);
            if (row == selected)
                cells.Reverse(y);
        }
        return y;
    }

    private void Line(CellBuffer cells, int y, string[] texts, Ink ink, int[] widths, bool title)
    {
        int x = 0;
        for (int column = 0; column < columns.Length; x += widths[column++] + Gap)
        {
            if (widths[column] == 0)
            {
                x -= Gap;
                continue;
            }
            GridColumn one = columns[column];
            string text = Blocks.Cut(Escape.Visible(texts[column]), widths[column]);
            Ink drawn = title ? ink : one.Ink == Ink.Plain ? ink : one.Ink;
            if (one.IsNumber)
                cells.PutRight(x, x + widths[column], y, text, drawn);
            else
                cells.Put(x, y, text, drawn, end: x + widths[column]);
        }
    }

    private int[] Widths(int available)
    {
        int[] widths = Array.ConvertAll(columns, column => DisplayWidth.Of(column.Title));
        foreach ((string[] row, _) in _rows)
        {
            for (int column = 0; column < columns.Length; column++)
                widths[column] = Math.Max(widths[column], DisplayWidth.Of(Escape.Visible(row[column])));
        }
        int[] natural = [.. widths];
        int over = widths.Sum() + (Gap * (columns.Length - 1)) - available;
        for (; over > 0; over--)
        {
            int widest = -1;
            for (int i = 0; i < widths.Length; i++)
            {
                if (columns[i].Least > 0 && widths[i] > columns[i].Least && (widest < 0 || widths[i] > widths[widest]))
                    widest = i;
            }
            if (widest < 0)
                break;
            widths[widest]--;
        }
        // What still does not fit is left out, the last columns first.
        for (int last = widths.Length - 1; over > 0 && last > 0; last--)
        {
            over -= widths[last] + Gap;
            widths[last] = 0;
        }
        // What leaving one out gave goes to those that were cut, and the rest to the column that wants it.
        for (; over < 0; over++)
        {
            int cut = -1;
            for (int i = 0; i < widths.Length; i++)
            {
                if (widths[i] > 0 && widths[i] < natural[i] && (cut < 0 || natural[i] - widths[i] > natural[cut] - widths[cut]))
                    cut = i;
            }
            if (cut < 0)
                break;
            widths[cut]++;
        }
        int stretched = Array.FindIndex(columns, column => column.Stretches);
        if (stretched >= 0 && widths[stretched] > 0 && over < 0)
            widths[stretched] -= over;
        return widths;
    }
}

/// <summary>A column of a grid.</summary>
/// <param name="Least">It may be narrowed as far as this; 0: never.</param>
/// <param name="IsNumber">Set flush right.</param>
internal sealed record GridColumn(string Title, int Least = 0, bool IsNumber = false, Ink Ink = Ink.Plain)
{
    /// <summary>Whether it takes what the others leave.</summary>
    public bool Stretches { get; init; }
}
