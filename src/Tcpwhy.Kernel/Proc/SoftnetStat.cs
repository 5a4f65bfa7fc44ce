using System.Globalization;

namespace Tcpwhy.Kernel.Proc;

/// <summary>One CPU's line of /proc/net/softnet_stat; counts since boot, of the whole host.</summary>
/// <param name="Cpu">Number of the CPU; before Linux 5.10 of the line.</param>
/// <param name="Processed">Packets taken from the backlog or a device.</param>
/// <param name="Dropped">Packets that found the backlog full (net.core.netdev_max_backlog).</param>
/// <param name="TimeSqueezed">How often the soft interrupt ended with work left (net.core.netdev_budget).</param>
public readonly record struct SoftnetStat(int Cpu, uint Processed, uint Dropped, uint TimeSqueezed)
{
    /// <summary>Reads every CPU; empty when the file is absent.</summary>
    /// <exception cref="KernelException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file does not parse.</exception>
    public static SoftnetStat[] Read(ProcFs proc) => proc.ReadText("net/softnet_stat") is { } text ? Parse(text) : [];

    internal static SoftnetStat[] Parse(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var stats = new SoftnetStat[lines.Length];
        for (int i = 0; i < lines.Length; i++)
        {
            string[] words = lines[i].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 3)
                throw new InvalidDataException($"softnet_stat line {i + 1}: {words.Length} columns");

            // Offline CPUs have no line: only the thirteenth column (Linux 5.10) tells which CPU a line is of.
            int cpu = words.Length > 12 ? (int)Hex(words[12]) : i;
            stats[i] = new SoftnetStat(cpu, Hex(words[0]), Hex(words[1]), Hex(words[2]));
        }
        return stats;
    }

    private static uint Hex(string word) =>
        uint.TryParse(word, NumberStyles.AllowHexSpecifier, null, out uint value) ? value : throw new InvalidDataException($"softnet_stat: '{word}' is no number");
}
