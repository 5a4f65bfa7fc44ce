using Tcpwhy.Sources;

namespace Tcpwhy.Cli.Ui;

/// <summary>Sockets as a table at the screen's width. The first rows decide how wide the columns are; all others stream.</summary>
internal sealed class SocketText(Screen screen, int width)
{
    private const int Sample = 500;
    private const string Gap = "  ";

    private readonly SocketColumn[] _columns = SocketColumn.For(width);
    private readonly List<string[]> _rows = [];
    private int[]? _widths;

    public void Write(in TcpSocket socket)
    {
        var cells = new string[_columns.Length];
        for (int i = 0; i < cells.Length; i++)
            cells[i] = Escape.Visible(_columns[i].Cell(socket));
        if (_widths is not null)
            Line(cells, Ink.Plain);
        else
            _rows.Add(cells);
        if (_rows.Count == Sample)
            Begin();
    }

    /// <summary>Writes what is held back.</summary>
    public void End() => Begin();

    private void Begin()
    {
        if (_widths is not null)
            return;
        string[] titles = Array.ConvertAll(_columns, column => screen.T(column.Title));
        _widths = Widths(titles);
        Line(titles, Ink.Bold);
        foreach (string[] row in _rows)
            Line(row, Ink.Plain);
        _rows.Clear();
    }

    private int[] Widths(string[] titles)
    {
        var widths = new int[_columns.Length];
        foreach (string[] row in _rows.Prepend(titles))
        {
            for (int i = 0; i < widths.Length; i++)
                widths[i] = Math.Max(widths[i], DisplayWidth.Of(row[i]));
        }
        // The widest of those that may be cut gives way first.
        for (int over = widths.Sum() + (Gap.Length * (widths.Length - 1)) - width; over > 0; over--)
        {
            int widest = -1;
            for (int i = 0; i < widths.Length; i++)
            {
                if (_columns[i].Least > 0 && widths[i] > _columns[i].Least && (widest < 0 || widths[i] > widths[widest]))
                    widest = i;
            }
            if (widest < 0)
                break;
            widths[widest]--;
        }
        return widths;
    }

    private void Line(string[] cells, Ink ink)
    {
        var line = new System.Text.StringBuilder();
        for (int i = 0; i < cells.Length; i++)
        {
            string cell = Shortened(cells[i], _widths![i]);
            int padding = _widths[i] - DisplayWidth.Of(cell);
            if (_columns[i].IsNumber)
                line.Append(' ', padding).Append(cell);
            else
                line.Append(cell).Append(' ', padding);
            line.Append(Gap);
        }
        screen.Line(new Piece(line.ToString().TrimEnd(), ink));
    }

    // Of an address both ends matter: the network and the port.
    private static string Shortened(string cell, int width)
    {
        if (DisplayWidth.Of(cell) <= width)
            return cell;
        int end = (width - 1) / 2, start = width - 1 - end;
        string shortened = cell[..start] + "…" + cell[^end..];
        while (DisplayWidth.Of(shortened) > width && start > 0)
            shortened = cell[..--start] + "…" + cell[^end..];
        return shortened;
    }
}
