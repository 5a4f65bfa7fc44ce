namespace Tcpwhy.Cli.Ui;

/// <summary>Rows in aligned columns that fit the screen: too wide a column is narrowed and its cells wrap.</summary>
internal sealed class Table(params Ink[] columns)
{
    private const int Gap = 2;
    private const int Narrowest = 10;
    private readonly List<string[]> _rows = [];

    /// <summary>The column whose cells are set flush right, or -1.</summary>
    public int RightAligned { get; init; } = -1;

    /// <summary>One cell per column.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    public void Write(Screen screen, int indent)
    {
        int[] widths = Fit(screen.Width - indent - (Gap * (columns.Length - 1)));
        foreach (string[] row in _rows)
        {
            List<List<Piece>>[] cells = new List<List<Piece>>[row.Length];
            int height = 0;
            for (int column = 0; column < row.Length; column++)
            {
                cells[column] = Wrap.Lines([new Piece(row[column], columns[column])], widths[column]);
                height = Math.Max(height, cells[column].Count);
            }
            for (int line = 0; line < height; line++)
                screen.Write(Join(cells, line, widths), indent);
        }
    }

    private List<Piece> Join(List<List<Piece>>[] cells, int line, int[] widths)
    {
        List<Piece> joined = [];
        int owed = 0;
        for (int column = 0; column < cells.Length; column++)
        {
            List<Piece> cell = line < cells[column].Count ? cells[column][line] : [];
            int padding = widths[column] - Wrap.Width(cell);
            if (column == RightAligned)
                (owed, padding) = (owed + padding, 0);
            if (cell.Count > 0)
            {
                if (owed > 0)
                    joined.Add(new string(' ', owed));
                joined.AddRange(cell);
                owed = 0;
            }
            owed += padding + Gap;
        }
        return joined;
    }

    private int[] Fit(int available)
    {
        int[] widths = new int[columns.Length];
        foreach (string[] row in _rows)
        {
            for (int column = 0; column < row.Length; column++)
                widths[column] = Math.Max(widths[column], DisplayWidth.Of(Escape.Visible(row[column])));
        }
        for (int total = Sum(widths); total > available; total--)
        {
            int widest = Array.IndexOf(widths, Max(widths));
            if (widths[widest] <= Narrowest)
                break;
            widths[widest]--;
        }
        return widths;
    }

    private static int Sum(int[] widths)
    {
        int sum = 0;
        foreach (int width in widths)
            sum += width;
        return sum;
    }

    private static int Max(int[] widths)
    {
        int max = 0;
        foreach (int width in widths)
            max = Math.Max(max, width);
        return max;
    }
}
