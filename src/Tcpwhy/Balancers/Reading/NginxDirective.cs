using System.Globalization;

namespace Tcpwhy.Balancers.Reading;

/// <summary>A directive of an nginx.conf: simple, or a block with directives of its own, those of included files among them.</summary>
public sealed class NginxDirective(SourceFile file, IReadOnlyList<Word> words, NginxDirective? parent)
{
    public SourceFile File => file;

    public NginxDirective? Parent => parent;

    public string Name => words.Count > 0 ? words[0].Text : "";

    /// <summary>The words behind the name.</summary>
    public IReadOnlyList<Word> Arguments { get; } = [.. words.Skip(1)];

    public int Start => words.Count > 0 ? words[0].Start : 0;

    /// <summary>Behind its semicolon; for a block, behind the brace that closes it.</summary>
    public int End { get; internal set; }

    /// <summary>For a block: behind the brace that opens it.</summary>
    public int Inside { get; internal set; }

    public int Line => file.LineOf(Start);

    /// <summary>For an include: the files that were found, in order.</summary>
    public IReadOnlyList<SourceFile> Included { get; internal set; } = [];

    /// <summary>What a block has in it, in order; null for a simple directive.</summary>
    public List<NginxDirective>? Children { get; internal set; }

    /// <summary>The argument at that place, or "".</summary>
    public string this[int index] => index < Arguments.Count ? Arguments[index].Text : "";

    /// <summary>The last directive of that name in this very block, or null.</summary>
    public NginxDirective? Own(string name) => Children?.FindLast(child => child.Name == name);

    /// <summary>The directive that holds here: of the innermost block that has one of that name. So nginx inherits, lists too: a level with one of its own inherits none.</summary>
    public NginxDirective? Find(string name)
    {
        for (NginxDirective? block = this; block is not null; block = block.Parent)
        {
            if (block.Own(name) is { } found)
                return found;
        }
        return null;
    }

    /// <summary>All that hold here of a directive that may stand several times.</summary>
    public IEnumerable<NginxDirective> FindAll(string name) => Find(name) is { } found ? found.Parent!.Children!.Where(child => child.Name == name) : [];

    /// <summary>All directives of that name, at any depth.</summary>
    public IEnumerable<NginxDirective> Within(string name)
    {
        foreach (NginxDirective child in Children ?? [])
        {
            if (child.Name == name)
                yield return child;
            foreach (NginxDirective deeper in child.Within(name))
                yield return deeper;
        }
    }

    /// <summary>A time: numbers with ms, s, m, h, d …, seconds without; null when a variable stands there.</summary>
    /// <exception cref="InvalidDataException">It is no time.</exception>
    public TimeSpan? Time(int index)
    {
        string text = this[index];
        if (text.Contains('$', StringComparison.Ordinal))
            return null;
        double seconds = 0;
        int at = 0;
        while (at < text.Length)
        {
            int digits = at;
            while (digits < text.Length && char.IsAsciiDigit(text[digits]))
                digits++;
            int unit = digits;
            while (unit < text.Length && char.IsAsciiLetter(text[unit]))
                unit++;
            double factor = text[digits..unit] switch
            {
                "ms" => 0.001,
                "" or "s" => 1,
                "m" => 60,
                "h" => 3600,
                "d" => 86400,
                "w" => 604800,
                "M" => 2592000,
                "y" => 31536000,
                _ => 0,
            };
            if (digits == at || digits - at > 9 || factor == 0)
                throw NoTime(text);
            seconds += int.Parse(text.AsSpan(at, digits - at), CultureInfo.InvariantCulture) * factor;
            at = unit;
        }
        return text.Length > 0 && seconds < 1e10 ? TimeSpan.FromSeconds(seconds) : throw NoTime(text);
    }

    private InvalidDataException NoTime(string text) => file.Wrong(Start, $"'{text}' is no time: as 60s, 500ms or 1h is expected behind '{Name}'");
}
