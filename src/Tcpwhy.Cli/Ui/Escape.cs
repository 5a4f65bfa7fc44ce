using System.Globalization;
using System.Text;

namespace Tcpwhy.Cli.Ui;

/// <summary>Makes text from outside harmless to a terminal: a process may name itself with escape sequences or with marks that reverse the line.</summary>
internal static class Escape
{
    /// <summary>The text with every control, format and unassigned character written as <c>\x1b</c> or <c>\u202e</c>.</summary>
    public static string Visible(string text)
    {
        int clean = 0;
        while (clean < text.Length && !IsHidden(text[clean]))
            clean++;
        if (clean == text.Length)
            return text;
        StringBuilder visible = new(text, 0, clean, text.Length + 16);
        for (int i = clean; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) && !IsHidden(new Rune(c, text[i + 1])))
                visible.Append(c).Append(text[++i]);
            else if (!IsHidden(c))
                visible.Append(c);
            else
                visible.Append(c < 0x100 ? "\\x" : "\\u").Append(((int)c).ToString(c < 0x100 ? "x2" : "x4"));
        }
        return visible.ToString();
    }

    private static bool IsHidden(char c) => c < 0x20 || (c >= 0x7F && IsHidden(char.GetUnicodeCategory(c)));

    private static bool IsHidden(Rune rune) => IsHidden(Rune.GetUnicodeCategory(rune));

    private static bool IsHidden(UnicodeCategory category) => category is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
