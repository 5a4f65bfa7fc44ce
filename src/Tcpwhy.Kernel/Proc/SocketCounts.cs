using System.Globalization;

namespace Tcpwhy.Kernel.Proc;

/// <summary>The TCP lines of /proc/net/sockstat and sockstat6.</summary>
/// <param name="InUse">TCP sockets of this namespace, IPv4 only, without TIME_WAIT.</param>
/// <param name="InUse6">The same for IPv6.</param>
/// <param name="Orphans">Closed by their process and not yet by the kernel; of the whole host.</param>
/// <param name="TimeWait">Of this namespace.</param>
/// <param name="Allocated">TCP sockets of the whole host.</param>
/// <param name="MemoryPages">Pages in TCP buffers of the whole host: what tcp_mem limits.</param>
public sealed record SocketCounts(long InUse, long InUse6, long Orphans, long TimeWait, long Allocated, long MemoryPages)
{
    /// <summary>Reads the counts of a process's network namespace, of the calling thread's when <paramref name="pid"/> is null; null when the file is absent.</summary>
    /// <exception cref="KernelException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file does not parse.</exception>
    public static SocketCounts? Read(ProcFs proc, int? pid = null)
    {
        string directory = pid is { } number ? $"{number}/net" : "thread-self/net";
        if (proc.ReadText($"{directory}/sockstat") is not { } four)
            return null;
        string six = proc.ReadText($"{directory}/sockstat6") ?? "";
        return new SocketCounts(Value(four, "TCP:", "inuse"), Value(six, "TCP6:", "inuse"), Value(four, "TCP:", "orphan"),
            Value(four, "TCP:", "tw"), Value(four, "TCP:", "alloc"), Value(four, "TCP:", "mem"));
    }

    /// <summary>The number after a word on the line that begins with <paramref name="label"/>; 0 when there is none.</summary>
    internal static long Value(string text, string label, string word)
    {
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0 || words[0] != label)
                continue;
            for (int i = 1; i + 1 < words.Length; i += 2)
            {
                if (words[i] == word)
                    return long.TryParse(words[i + 1], NumberStyles.AllowLeadingSign, null, out long value) ? value : throw new InvalidDataException($"sockstat {label} {word}: '{words[i + 1]}' is no number");
            }
        }
        return 0;
    }
}
