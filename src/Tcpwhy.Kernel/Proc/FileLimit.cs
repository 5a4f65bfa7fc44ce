using System.Globalization;

namespace Tcpwhy.Kernel.Proc;

/// <summary>A process's limit of open files (RLIMIT_NOFILE); unlimited is <see cref="long.MaxValue"/>.</summary>
public readonly record struct FileLimit(long Soft, long Hard)
{
    private const string Label = "Max open files";

    /// <summary>Reads /proc/PID/limits; null when the process has ended.</summary>
    /// <exception cref="KernelException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file does not parse.</exception>
    public static FileLimit? Read(ProcFs proc, int pid) => proc.ReadText($"{pid}/limits") is { } text ? Parse(text) : null;

    internal static FileLimit Parse(string text)
    {
        string line = text.Split('\n').FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal)) ?? throw new InvalidDataException($"limits: no '{Label}'");
        string[] words = line[Label.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words.Length >= 2 ? new FileLimit(Number(words[0]), Number(words[1])) : throw new InvalidDataException($"limits: '{line}'");
    }

    private static long Number(string word) =>
        word == "unlimited" ? long.MaxValue
        : long.TryParse(word, NumberStyles.None, null, out long value) ? value
        : throw new InvalidDataException($"limits {Label}: '{word}' is no number");
}
