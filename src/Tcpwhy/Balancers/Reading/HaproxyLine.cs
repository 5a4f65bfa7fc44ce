using System.Globalization;

namespace Tcpwhy.Balancers.Reading;

/// <summary>One line of a haproxy.cfg that says something.</summary>
public sealed class HaproxyLine(SourceFile file, IReadOnlyList<Word> words)
{
    public SourceFile File => file;

    public IReadOnlyList<Word> Words => words;

    public int Start => words[0].Start;

    /// <summary>Behind its last word; a comment may follow.</summary>
    public int End => words[^1].End;

    public int Number => file.LineOf(Start);

    public string this[int index] => index < words.Count ? words[index].Text : "";

    /// <summary>Whether it begins with these words.</summary>
    public bool Says(params ReadOnlySpan<string> start)
    {
        if (start.Length > words.Count)
            return false;
        for (int i = 0; i < start.Length; i++)
        {
            if (words[i].Text != start[i])
                return false;
        }
        return true;
    }

    /// <summary>Whether one of its words is that one.</summary>
    public bool Has(string word) => words.Any(one => one.Text == word);

    /// <summary>The word behind that one, or null.</summary>
    public string? After(string word)
    {
        for (int i = 0; i + 1 < words.Count; i++)
        {
            if (words[i].Text == word)
                return words[i + 1].Text;
        }
        return null;
    }

    /// <summary>A time: a number with us, ms, s, m, h or d, and of milliseconds without; null when it depends on the environment.</summary>
    /// <exception cref="InvalidDataException">It is no time.</exception>
    public TimeSpan? Time(int index)
    {
        string text = this[index];
        if (text.Contains('$', StringComparison.Ordinal))
            return null;
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
            digits++;
        double milliseconds = text[digits..] switch
        {
            "us" => 0.001,
            "" or "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => 0,
        };
        return milliseconds > 0 && digits is > 0 and <= 10
            ? TimeSpan.FromMilliseconds(long.Parse(text.AsSpan(0, digits), CultureInfo.InvariantCulture) * milliseconds)
            : throw file.Wrong(Start, $"'{text}' is no time: a number with ms, s, m, h or d is expected behind '{string.Join(' ', words.Take(index).Select(word => word.Text))}'");
    }

    /// <summary>A whole number, or null when it is none or depends on the environment.</summary>
    public int? Count(int index) => int.TryParse(this[index], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
}
