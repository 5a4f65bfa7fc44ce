using Tcpwhy.Balancers.Reading;

namespace Tcpwhy.Balancers;

/// <summary>A change of a file: so many characters from an offset on become another text.</summary>
public sealed record Edit(SourceFile File, int Start, int Length, string Text)
{
    /// <summary>Words of a line, or a directive, become others; a comment behind them stays.</summary>
    public static Edit Replace(HaproxyLine line, string text) => new(line.File, line.Start, line.End - line.Start, text);

    /// <inheritdoc cref="Replace(HaproxyLine, string)"/>
    public static Edit Replace(NginxDirective directive, string text) => new(directive.File, directive.Start, directive.End - directive.Start, text);

    /// <inheritdoc cref="Replace(HaproxyLine, string)"/>
    public static Edit Replace(SysctlLine line, string text) => new(line.File, line.Start, line.End - line.Start, text);

    /// <summary>The line that holds this offset goes.</summary>
    public static Edit Remove(SourceFile file, int offset)
    {
        int line = file.LineOf(offset), start = file.StartOf(line);
        int next = line < file.LineCount ? file.StartOf(line + 1) : file.Text.Length;
        return new Edit(file, start, next - start, "");
    }

    /// <summary>A line more in a section, behind its head.</summary>
    public static Edit Add(HaproxySection section, string text)
    {
        HaproxyLine head = section.Head;
        string indent = section.Lines.Find(line => line.File == head.File) is { } first ? head.File.IndentOf(first.Number) : "    ";
        return new Edit(head.File, head.File.EndOf(head.Number), 0, $"\n{indent}{text}");
    }

    /// <summary>A directive more in a block, behind its last or its first brace.</summary>
    public static Edit Add(NginxDirective block, string text)
    {
        NginxDirective? last = block.Children!.FindLast(child => child.File == block.File);
        if (block.File.LineOf(block.Inside) == block.File.LineOf(Math.Max(block.End - 1, block.Inside)))
            return new Edit(block.File, last?.End ?? block.Inside, 0, " " + text);
        string indent = last is not null ? block.File.IndentOf(last.Line) : block.File.IndentOf(block.Line) + "    ";
        int at = block.File.EndOf(block.File.LineOf(last is not null ? Math.Max(last.End - 1, 0) : block.Inside - 1));
        return new Edit(block.File, at, 0, $"\n{indent}{text}");
    }

    /// <summary>The line as it is afterwards, or null when it goes.</summary>
    public string? Corrected
    {
        get
        {
            if (Length == 0 && Text.Contains('\n', StringComparison.Ordinal))
                return Text.Trim();
            if (Text.Length == 0)
                return null;
            int start = File.StartOf(File.LineOf(Start)), end = Math.Max(File.EndOf(File.LineOf(Math.Max(Start, Start + Length - 1))), Start + Length);
            return (File.Text[start..Start] + Text + File.Text[(Start + Length)..end]).Trim();
        }
    }
}
