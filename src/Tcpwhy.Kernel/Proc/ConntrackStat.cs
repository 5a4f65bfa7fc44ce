using System.Globalization;

namespace Tcpwhy.Kernel.Proc;

/// <summary>/proc/net/stat/nf_conntrack: what connection tracking did in a namespace since it began.</summary>
public static class ConntrackStat
{
    /// <summary>Sums over all CPUs by the header's names (insert_failed, drop, early_drop, invalid …); <c>entries</c> is the table's size now. Null when connection tracking is not loaded.</summary>
    /// <param name="pid">A process in the namespace; null for the calling thread's.</param>
    /// <exception cref="KernelException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file does not parse.</exception>
    public static Dictionary<string, long>? Read(ProcFs proc, int? pid = null) =>
        proc.ReadText(pid is { } number ? $"{number}/net/stat/nf_conntrack" : "thread-self/net/stat/nf_conntrack") is { } text ? Parse(text) : null;

    internal static Dictionary<string, long> Parse(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] names = lines.Length > 0 ? lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries) : throw new InvalidDataException("nf_conntrack: no header");
        var sums = names.Distinct().ToDictionary(name => name, _ => 0L);
        foreach (string line in lines.AsSpan(1))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length != names.Length)
                throw new InvalidDataException($"nf_conntrack: {names.Length} names and {words.Length} values");
            for (int i = 0; i < names.Length; i++)
            {
                if (!uint.TryParse(words[i], NumberStyles.AllowHexSpecifier, null, out uint value))
                    throw new InvalidDataException($"nf_conntrack {names[i]}: '{words[i]}' is no number");

                // Every line repeats the one table's size.
                sums[names[i]] = names[i] == "entries" ? value : sums[names[i]] + value;
            }
        }
        return sums;
    }
}
