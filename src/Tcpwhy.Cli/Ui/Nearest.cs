namespace Tcpwhy.Cli.Ui;

/// <summary>Finds what a mistyped word was meant to be.</summary>
internal static class Nearest
{
    /// <summary>Up to three candidates that are a few keystrokes away from the word or contain it, the nearest first.</summary>
    public static List<string> To(string word, IEnumerable<string> candidates)
    {
        List<(int Distance, string Candidate)> near = [];
        foreach (string candidate in candidates)
        {
            int distance = Distance(word, candidate);
            bool contains = word.Length >= 3 && candidate.Contains(word, StringComparison.OrdinalIgnoreCase);
            if (distance <= Math.Max(1, word.Length / 3) || contains)
                near.Add((contains ? Math.Min(distance, word.Length / 3) : distance, candidate));
        }
        near.Sort();
        List<string> nearest = [];
        foreach ((_, string candidate) in near)
        {
            if (nearest.Count < 3)
                nearest.Add(candidate);
        }
        return nearest;
    }

    // Levenshtein with swapped neighbours counted as one keystroke.
    private static int Distance(string a, string b)
    {
        int[,] table = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            table[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            table[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int change = a[i - 1] == b[j - 1] ? 0 : 1;
                int best = Math.Min(Math.Min(table[i - 1, j], table[i, j - 1]) + 1, table[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    best = Math.Min(best, table[i - 2, j - 2] + 1);
                table[i, j] = best;
            }
        }
        return table[a.Length, b.Length];
    }
}
