namespace Tcpwhy.Filtering;

/// <summary>A pattern in which * stands for any text and ? for one character.</summary>
internal static class Glob
{
    public static bool IsPattern(string text) => text.AsSpan().IndexOfAny('*', '?') >= 0;

    /// <summary>Whether the pattern covers the whole text; takes time of at most the product of their lengths.</summary>
    public static bool Matches<T>(ReadOnlySpan<T> pattern, ReadOnlySpan<T> text, T any, T one) where T : IEquatable<T>
    {
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p].Equals(any))
                (star, resume) = (p++, t);
            else if (p < pattern.Length && (pattern[p].Equals(one) || pattern[p].Equals(text[t])))
                (p, t) = (p + 1, t + 1);
            else if (star >= 0)
                (p, t) = (star + 1, ++resume);
            else
                return false;
        }
        while (p < pattern.Length && pattern[p].Equals(any))
            p++;
        return p == pattern.Length;
    }
}
