using System.Globalization;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Loading;

/// <summary>Memory that a process costs the host: its own pages, and its share of those that it has in common with others (PSS).</summary>
internal static class ProcessMemory
{
    private const string Label = "Pss:";

    /// <summary>In bytes; 0 when it has ended or may not be seen.</summary>
    public static long Read(ProcFs proc, int pid)
    {
        try
        {
            string[] words = proc.ReadText($"{pid.ToString(CultureInfo.InvariantCulture)}/smaps_rollup")?.Split('\n')
                .FirstOrDefault(line => line.StartsWith(Label, StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
            return words.Length >= 2 && long.TryParse(words[1], NumberStyles.None, null, out long kibibytes) ? kibibytes * 1024 : 0;
        }
        catch (KernelException)
        {
            return 0;
        }
    }
}
