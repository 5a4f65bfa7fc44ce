namespace Tcpwhy.Cli.Ui;

/// <summary>Shows the Markdown that the cause pages are written in: headings, paragraphs, lists, tables, code.</summary>
internal static class Markdown
{
    private const int Indent = 2;

    public static void Write(string markdown, Screen screen)
    {
        List<string> paragraph = [];
        List<string> rows = [];
        bool code = false;
        int fenceIndent = 0;
        foreach (string line in markdown.Split('\n'))
        {
            string start = line.TrimStart();
            bool fence = start.StartsWith("```", StringComparison.Ordinal);
            bool item = !code && (start.StartsWith("- ", StringComparison.Ordinal) || start.StartsWith("* ", StringComparison.Ordinal) || IsNumbered(start));
            bool row = !code && start.StartsWith('|');
            bool heading = !code && line.StartsWith('#');
            if (fence || code || item || heading || row || line.Length == 0)
                Flow(paragraph, screen);
            if (!row)
                Rows(rows, screen);

            if (fence)
                (code, fenceIndent) = (!code, line.Length - start.Length);
            else if (code)
                screen.Line(new Piece(new string(' ', Indent * 2) + line[Math.Min(fenceIndent, line.Length - start.Length)..], Ink.Cyan));
            else if (heading)
                screen.Line(new Piece(line.TrimStart('#', ' '), Ink.Bold));
            else if (row)
                rows.Add(line);
            else if (line.Length == 0)
                screen.Blank();
            else
                paragraph.Add(line);
        }
        Flow(paragraph, screen);
        Rows(rows, screen);
    }

    private static bool IsNumbered(string line)
    {
        int digits = 0;
        while (digits < line.Length && char.IsAsciiDigit(line[digits]))
            digits++;
        return digits is > 0 and < 3 && line.AsSpan(digits).StartsWith(". ");
    }

    private static void Flow(List<string> paragraph, Screen screen)
    {
        if (paragraph.Count == 0)
            return;
        int depth = paragraph[0].Length - paragraph[0].TrimStart().Length;
        string text = string.Join(' ', paragraph.ConvertAll(line => line.Trim()));
        bool bullet = text.StartsWith("- ", StringComparison.Ordinal) || text.StartsWith("* ", StringComparison.Ordinal);
        if (bullet)
            text = "•" + text[1..];
        int hanging = bullet ? 2 : IsNumbered(text) ? text.IndexOf(' ') + 1 : 0;
        screen.Paragraph(Indent + depth, hanging, Inline(text).ToArray());
        paragraph.Clear();
    }

    private static void Rows(List<string> rows, Screen screen)
    {
        if (rows.Count == 0)
            return;
        Table? table = null;
        foreach (string row in rows)
        {
            string[] cells = row.Trim().Trim('|').Split('|', StringSplitOptions.TrimEntries);
            if (Array.TrueForAll(cells, cell => cell.AsSpan().Trim("-:").IsEmpty && cell.Length > 0))
                continue;
            int columns = cells.Length;
            table ??= new Table(new Ink[columns]);
            table.Add(Array.ConvertAll(cells, Plain));
        }
        table?.Write(screen, Indent);
        rows.Clear();
    }

    private static string Plain(string text) => string.Concat(Inline(text).ConvertAll(piece => piece.Text));

    // `code`, **bold** and *stressed*; colour alone marks them, so that nothing clutters a copied command.
    private static List<Piece> Inline(string text)
    {
        List<Piece> pieces = [];
        int done = 0;
        while (done < text.Length)
        {
            int mark = text.AsSpan(done).IndexOfAny("`*") + done;
            string token = mark < done ? "" : text[mark] == '`' ? "`" : text.AsSpan(mark).StartsWith("**") ? "**"
                : mark + 1 < text.Length && char.IsLetterOrDigit(text[mark + 1]) && (mark == 0 || text[mark - 1] == ' ') ? "*" : "";
            int close = token.Length == 0 ? -1 : text.IndexOf(token, mark + token.Length, StringComparison.Ordinal);
            if (close < 0)
            {
                int next = mark < done ? text.Length : mark + 1;
                pieces.Add(text[done..next]);
                done = next;
                continue;
            }
            pieces.Add(text[done..mark]);
            pieces.Add(new Piece(text[(mark + token.Length)..close], token == "`" ? Ink.Cyan : Ink.Bold));
            done = close + token.Length;
        }
        return pieces;
    }
}
