using System.Buffers;

namespace Tcpwhy.Filtering;

/// <summary>A word of a filter's text.</summary>
/// <param name="At">Its place in the text, from 1.</param>
/// <param name="Quoted">Whether it stood in quotation marks, and so is no keyword.</param>
internal readonly record struct FilterWord(string Text, int At, bool Quoted)
{
    private static readonly SearchValues<char> Ends = SearchValues.Create(" \t\r\n()&|=!<>\"'");

    /// <summary>Whether it is an operator or a parenthesis.</summary>
    public bool IsSign => !Quoted && Ends.Contains(Text[0]);

    /// <summary>Splits a text at spaces and around operators and parentheses; what stands in quotation marks is one word.</summary>
    public static List<FilterWord> Split(string text)
    {
        var words = new List<FilterWord>();
        int at = 0;
        while (at < text.Length)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }
            FilterWord word = text[at] is '"' or '\'' ? ReadQuoted(text, at) : new FilterWord(text.Substring(at, LengthOfWord(text.AsSpan(at))), at + 1, Quoted: false);
            words.Add(word);
            at += word.Text.Length + (word.Quoted ? 2 : 0);
        }
        return words;
    }

    /// <summary>A text in such quotation marks as it does not hold itself.</summary>
    public static string Quote(string text) => text.Contains('"') ? $"'{text}'" : $"\"{text}\"";

    private static FilterWord ReadQuoted(string text, int at)
    {
        int end = text.IndexOf(text[at], at + 1);
        return end >= 0 ? new FilterWord(text[(at + 1)..end], at + 1, Quoted: true)
            : throw FilterParser.Error($"the quotation mark at {at + 1} is not closed");
    }

    private static int LengthOfWord(ReadOnlySpan<char> text)
    {
        if (text is ['&', '&', ..] or ['|', '|', ..] or ['=' or '!' or '<' or '>', '=', ..])
            return 2;
        int length = text.IndexOfAny(Ends);
        return length < 0 ? text.Length : Math.Max(length, 1);
    }
}
