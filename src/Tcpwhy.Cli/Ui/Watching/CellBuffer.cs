using System.Text;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>A screen full of cells. What is put outside of it is cut off; whatever is put is escaped, so no name from outside reaches the terminal raw.</summary>
internal sealed class CellBuffer
{
    private readonly Cell[] _cells;

    public CellBuffer(int width, int height)
    {
        (Width, Height) = (width, height);
        _cells = new Cell[width * height];
        Clear();
    }

    public int Width { get; }
    public int Height { get; }

    public Cell this[int x, int y] => _cells[(y * Width) + x];

    public ReadOnlySpan<Cell> Row(int y) => _cells.AsSpan(y * Width, Width);

    public void Clear() => Array.Fill(_cells, Cell.Blank);

    /// <summary>Writes from a column on, at most to the column <paramref name="end"/>; returns the column behind the text.</summary>
    public int Put(int x, int y, string text, Ink ink = Ink.Plain, bool reversed = false, int end = int.MaxValue)
    {
        if (y < 0 || y >= Height)
            return x;
        end = Math.Min(end, Width);
        foreach (Rune rune in Escape.Visible(text).EnumerateRunes())
        {
            int wide = DisplayWidth.Of(rune);
            if (wide == 0)
                continue; // a mark alone would need the cell before
            if (x < 0 || x + wide > end)
                break;
            Set(x, y, new Cell(rune, ink, reversed));
            if (wide == 2)
                Set(x + 1, y, new Cell(default, ink, reversed));
            x += wide;
        }
        return x;
    }

    /// <summary>Writes text flush right before the column <paramref name="end"/>, cut at its start's side when there is no room.</summary>
    public void PutRight(int start, int end, int y, string text, Ink ink = Ink.Plain, bool reversed = false)
    {
        string cut = Blocks.Cut(Escape.Visible(text), end - start);
        Put(end - DisplayWidth.Of(cut), y, cut, ink, reversed, end);
    }

    /// <summary>Changes how a row's cells are drawn, as of a row that is selected.</summary>
    public void Reverse(int y, int from = 0, int to = int.MaxValue)
    {
        if (y < 0 || y >= Height)
            return;
        for (int x = from; x < Math.Min(to, Width); x++)
            _cells[(y * Width) + x] = this[x, y] with { Reversed = true };
    }

    /// <summary>The text of the screen, a line per row, without what is blank at its end.</summary>
    public string Text()
    {
        StringBuilder text = new();
        for (int y = 0; y < Height; y++)
        {
            StringBuilder line = new();
            foreach (Cell cell in Row(y))
            {
                if (!cell.IsRest)
                    line.Append(cell.Rune.ToString());
            }
            text.Append(line.ToString().TrimEnd(' ')).Append('\n');
        }
        return text.ToString();
    }

    private void Set(int x, int y, Cell cell)
    {
        int at = (y * Width) + x;
        // Half a wide character is none.
        if (_cells[at].IsRest && x > 0 && !cell.IsRest)
            _cells[at - 1] = Cell.Blank;
        if (x + 1 < Width && _cells[at + 1].IsRest)
            _cells[at + 1] = Cell.Blank;
        _cells[at] = cell;
    }
}
