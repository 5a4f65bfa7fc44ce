namespace Tcpwhy.Balancers;

/// <summary>What changes between two texts, line by line, as diff -u shows it.</summary>
public static class Difference
{
    private const int Context = 2;

    /// <summary>Lines that begin with a space (stays), '-' (goes) or '+' (comes), hunks headed by @@; none when the texts are equal.</summary>
    public static IReadOnlyList<string> Of(string before, string after)
    {
        string[] old = before.Split('\n'), young = after.Split('\n');
        List<(char Mark, string Line, int Old, int New)> script = Script(old, young);
        List<string> lines = [];
        for (int i = 0; i < script.Count;)
        {
            if (script[i].Mark == ' ')
            {
                i++;
                continue;
            }
            int first = Math.Max(0, i - Context), last = i;
            for (int j = i; j < script.Count && j <= last + (2 * Context) + 1; j++)
            {
                if (script[j].Mark != ' ')
                    last = j;
            }
            int end = Math.Min(script.Count, last + 1 + Context);
            var hunk = script[first..end];
            lines.Add($"@@ -{hunk[0].Old + 1},{hunk.Count(line => line.Mark != '+')} +{hunk[0].New + 1},{hunk.Count(line => line.Mark != '-')} @@");
            lines.AddRange(hunk.Select(line => line.Mark + line.Line));
            i = end;
        }
        return lines;
    }

    /// <summary>Between a common beginning and a common end the longest common subsequence, found with a table.</summary>
    private static List<(char Mark, string Line, int Old, int New)> Script(string[] old, string[] young)
    {
        int head = 0;
        while (head < old.Length && head < young.Length && old[head] == young[head])
            head++;
        int tail = 0;
        while (tail < old.Length - head && tail < young.Length - head && old[^(tail + 1)] == young[^(tail + 1)])
            tail++;
        int n = old.Length - head - tail, m = young.Length - head - tail;
        List<(char, string, int, int)> script = [];
        for (int i = 0; i < head; i++)
            script.Add((' ', old[i], i, i));
        bool tabled = (long)n * m <= 4_000_000;
        int[,] common = tabled ? Table(old, young, head, n, m) : new int[0, 0];
        int a = 0, b = 0;
        while (a < n || b < m)
        {
            if (tabled && a < n && b < m && old[head + a] == young[head + b])
                script.Add((' ', old[head + a], head + a++, head + b++));
            else if (a < n && (b >= m || !tabled || common[a + 1, b] >= common[a, b + 1]))
                script.Add(('-', old[head + a], head + a++, head + b));
            else
                script.Add(('+', young[head + b], head + a, head + b++));
        }
        for (int i = 0; i < tail; i++)
            script.Add((' ', old[head + n + i], head + n + i, head + m + i));
        return script;
    }

    private static int[,] Table(string[] old, string[] young, int head, int n, int m)
    {
        var common = new int[n + 1, m + 1];
        for (int a = n - 1; a >= 0; a--)
        {
            for (int b = m - 1; b >= 0; b--)
                common[a, b] = old[head + a] == young[head + b] ? common[a + 1, b + 1] + 1 : Math.Max(common[a + 1, b], common[a, b + 1]);
        }
        return common;
    }
}
