using System.Globalization;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Kernel;

/// <summary>What this process has used since it began.</summary>
/// <param name="Cpu">User and system time of all its threads.</param>
/// <param name="PeakMemoryBytes">The most physical memory that it ever held; 0 when /proc is absent.</param>
public readonly record struct Cost(TimeSpan Cpu, long PeakMemoryBytes)
{
    /// <summary>Asks the kernel.</summary>
    /// <exception cref="KernelException">getrusage failed.</exception>
    public static Cost Read()
    {
        KernelException.Check(Libc.getrusage(Libc.RUSAGE_SELF, out ResourceUse use), "getrusage");
        var cpu = TimeSpan.FromMicroseconds((use.ru_utime_sec + use.ru_stime_sec) * 1_000_000 + use.ru_utime_usec + use.ru_stime_usec);

        // ru_maxrss outlives exec: it would count the shell or the test runner that became this program.
        return new Cost(cpu, PeakMemory(new ProcFs().ReadText("self/status") ?? ""));
    }

    /// <summary>Reads the line <c>VmHWM:   1234 kB</c>; 0 when there is none.</summary>
    internal static long PeakMemory(string status)
    {
        const string Label = "VmHWM:";
        string[] words = status.Split('\n').FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal))?.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length < 2 ? 0
            : long.TryParse(words[1], NumberStyles.None, null, out long kibibytes) && kibibytes < long.MaxValue / 1024 ? kibibytes * 1024
            : throw new InvalidDataException($"status {Label} '{words[1]}' is no number");
    }
}
