namespace Tcpwhy.Cli.Ui;

/// <summary>What changes in a file, as diff -u shows it.</summary>
internal static class DifferenceText
{
    public static void Write(string path, IReadOnlyList<string> difference, Screen screen)
    {
        screen.Line(new Piece($"--- {path}", Ink.Bold));
        screen.Line(new Piece($"+++ {path}", Ink.Bold));
        foreach (string line in difference)
        {
            // A tab is a control character, and would be escaped.
            screen.Line(new Piece(line.Replace("\t", "    ", StringComparison.Ordinal), line[0] switch
            {
                '-' => Ink.Red,
                '+' => Ink.Green,
                '@' => Ink.Cyan,
                _ => Ink.Plain,
            }));
        }
    }
}
