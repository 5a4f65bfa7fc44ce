using System.Globalization;
using System.Text;

namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>Brings a terminal from one screen to the next with as few bytes as that takes, inside a synchronized update, so that nothing flickers.</summary>
internal static class Frame
{
    public const string Enter = "\e[?1049h\e[?25l\e[?7l\e[2J";
    public const string Leave = "\e[0m\e[?7h\e[?25h\e[?1049l";
    private const string BeginUpdate = "\e[?2026h";
    private const string EndUpdate = "\e[?2026l";

    // Shorter than to move the cursor over them.
    private const int Bridge = 6;

    /// <summary>The bytes that change <paramref name="shown"/>, or an unknown screen when it is null, into <paramref name="next"/>; empty when nothing changed.</summary>
    public static string Between(CellBuffer? shown, CellBuffer next, bool coloured)
    {
        bool anew = shown is null || shown.Width != next.Width || shown.Height != next.Height;
        StringBuilder output = new();
        (Ink Ink, bool Reversed) pen = (Ink.Plain, false);
        for (int y = 0; y < next.Height; y++)
        {
            ReadOnlySpan<Cell> row = next.Row(y);
            ReadOnlySpan<Cell> old = anew ? [] : shown!.Row(y);
            int at = -1;
            for (int x = 0; x < row.Length; x++)
            {
                if (anew ? row[x] == Cell.Blank : row[x] == old[x])
                    continue;
                int start = row[x].IsRest ? x - 1 : x;
                if (at < 0 || start - at > Bridge)
                    output.Append(CultureInfo.InvariantCulture, $"\e[{y + 1};{start + 1}H");
                else
                    start = at;
                for (int place = start; place <= x; place++)
                    Put(output, row[place], ref pen, coloured);
                at = x + 1;
                // Its other half goes with it.
                if (at < row.Length && row[at].IsRest)
                    x = at++;
            }
        }
        if (output.Length == 0 && !anew)
            return "";
        if (pen != (Ink.Plain, false))
            output.Append("\e[0m");
        return $"{BeginUpdate}{(anew ? "\e[0m\e[2J" : "")}{output}{EndUpdate}";
    }

    private static void Put(StringBuilder output, Cell cell, ref (Ink Ink, bool Reversed) pen, bool coloured)
    {
        if (cell.IsRest)
            return;
        Ink ink = coloured || cell.Ink is Ink.Bold ? cell.Ink : Ink.Plain;
        if (pen != (ink, cell.Reversed))
        {
            output.Append("\e[0");
            if (ink != Ink.Plain)
                output.Append(';').Append(ink.Code());
            if (cell.Reversed)
                output.Append(";7");
            output.Append('m');
            pen = (ink, cell.Reversed);
        }
        output.Append(cell.Rune.ToString());
    }
}
