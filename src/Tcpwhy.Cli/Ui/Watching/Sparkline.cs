namespace Tcpwhy.Cli.Ui.Watching;

/// <summary>Numbers over time in one row, each a bar of eight heights.</summary>
internal static class Sparkline
{
    private const string Bars = "▁▂▃▄▅▆▇█";

    /// <summary>A bar for each number, the greatest (or <paramref name="most"/>, when that is greater) full; nothing is a dot, and what is more than nothing is seen.</summary>
    public static string Of(ReadOnlySpan<long> numbers, long most = 0)
    {
        foreach (long number in numbers)
            most = Math.Max(most, number);
        char[] line = new char[numbers.Length];
        for (int i = 0; i < line.Length; i++)
            line[i] = numbers[i] <= 0 ? '·' : Bars[(int)Math.Clamp(((numbers[i] * Bars.Length) - 1) / Math.Max(most, 1), 0, Bars.Length - 1)];
        return new string(line);
    }
}
