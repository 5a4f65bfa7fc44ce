using System.Globalization;

namespace Tcpwhy.Kernel.Proc;

/// <summary>A process as /proc tells it.</summary>
public sealed record ProcessEntry(int Pid)
{
    /// <summary>At most 15 bytes; the process may have set it to anything.</summary>
    public required string Comm { get; init; }
    public required int ParentPid { get; init; }

    /// <summary>Clock ticks (100 a second) after boot: with the pid it names one process for ever.</summary>
    public required long StartTicks { get; init; }

    /// <summary>Path of the program; null for a kernel thread, or when we may not look.</summary>
    public string? Exe { get; init; }

    /// <summary>The arguments; empty for a kernel thread.</summary>
    public string[] CommandLine { get; init; } = [];

    /// <summary>Its path in cgroup v2, else in the hierarchy of v1 that a container's runtime most likely set; null without cgroups.</summary>
    public string? Cgroup { get; init; }

    /// <summary>The container that the cgroup names, or null.</summary>
    public string? Container => ContainerId.FromCgroup(Cgroup);

    /// <summary>Inode of its network namespace; null when we may not look.</summary>
    public uint? NetworkNamespace { get; init; }

    /// <summary>Reads a process; null when there is none, or it ended meanwhile.</summary>
    /// <exception cref="KernelException">A file cannot be read, though /proc lets everybody read it.</exception>
    /// <exception cref="InvalidDataException">stat does not parse.</exception>
    public static ProcessEntry? Read(ProcFs proc, int pid)
    {
        if (proc.ReadText($"{pid}/stat") is not { } stat)
            return null;
        (string comm, int parent, long start) = ParseStat(stat);
        return new ProcessEntry(pid)
        {
            Comm = comm,
            ParentPid = parent,
            StartTicks = start,
            Exe = ReadExe(proc, pid),
            CommandLine = (proc.ReadText($"{pid}/cmdline") ?? "").TrimEnd('\0') is { Length: > 0 } line ? line.Split('\0') : [],
            Cgroup = ReadCgroup(proc, pid),
            NetworkNamespace = proc.NetworkNamespace(pid),
        };
    }

    /// <summary>Reads only <see cref="Cgroup"/>; null when the process ended.</summary>
    /// <exception cref="KernelException">The file cannot be read.</exception>
    public static string? ReadCgroup(ProcFs proc, int pid) => ParseCgroup(proc.ReadText($"{pid}/cgroup") ?? "");

    /// <summary>Reads <c>7 (a name) S 1 …</c>; the name may hold spaces and parentheses.</summary>
    internal static (string Comm, int Parent, long Start) ParseStat(string stat)
    {
        const int ParentWord = 1, StartWord = 19;
        int open = stat.IndexOf('('), close = stat.LastIndexOf(')');
        if (open < 0 || close < open)
            throw new InvalidDataException("stat: no name in parentheses");
        string[] words = stat[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length <= StartWord
            || !int.TryParse(words[ParentWord], NumberStyles.None, null, out int parent)
            || !long.TryParse(words[StartWord], NumberStyles.None, null, out long start))
            throw new InvalidDataException("stat: no parent or start time");
        return (stat[(open + 1)..close], parent, start);
    }

    /// <summary>Picks one of the lines <c>hierarchy:controllers:path</c>.</summary>
    internal static string? ParseCgroup(string text)
    {
        string? best = null;
        int bestRank = 0;
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length < 3)
                throw new InvalidDataException($"cgroup: '{line}'");

            // On a hybrid host the v2 path is often "/" while the v1 hierarchies know the container.
            int rank = parts[2] == "/" ? 1 : parts[1] switch { "" => 5, "memory" => 4, "pids" => 3, _ => 2 };
            if (rank <= bestRank)
                continue;
            best = parts[2];
            bestRank = rank;
        }
        return best;
    }

    private static string? ReadExe(ProcFs proc, int pid)
    {
        try
        {
            return proc.ReadLink($"{pid}/exe");
        }
        catch (KernelException error) when (error.Errno is Errno.EACCES or Errno.EPERM)
        {
            return null;
        }
    }
}
