namespace Tcpwhy.Texts;

/// <summary>Finds the known word that a mistyped one was meant to be.</summary>
public static class Nearest
{
    /// <summary>The nearest of <paramref name="known"/>, the first among equals, or null when none is near: one slip is allowed, and one more for every third letter.</summary>
    public static string? To(string word, IEnumerable<string> known)
    {
        string? nearest = null;
        int least = 2 + word.Length / 3;
        foreach (string candidate in known)
        {
            int distance = Distance(word, candidate);
            if (distance < least && distance < Math.Max(word.Length, candidate.Length))
                (nearest, least) = (candidate, distance);
        }
        return nearest;
    }

    /// <summary>The text <c>; did you mean 'x'?</c>, or nothing when no known word is near.</summary>
    public static Sentence Hint(string word, IEnumerable<string> known) =>
        To(word, known) is { } nearest ? new Sentence("; did you mean '{0}'?", nearest) : "";

    /// <summary>How many letters must be put in, left out, replaced or swapped with their neighbour, whatever their case.</summary>
    internal static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        // A word that somebody typed is short; what is longer than any word we know is no slip.
        if (Math.Abs(a.Length - b.Length) > 8 || a.Length > 64 || b.Length > 64)
            return int.MaxValue;
        Span<int> beforeLast = stackalloc int[b.Length + 1], last = stackalloc int[b.Length + 1], row = stackalloc int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1));
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
            Span<int> free = beforeLast;
            beforeLast = last;
            last = row;
            row = free;
        }
        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
