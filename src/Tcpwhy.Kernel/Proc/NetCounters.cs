using System.Globalization;

namespace Tcpwhy.Kernel.Proc;

/// <summary>The counters of /proc/net/snmp and netstat under nstat's names: TcpActiveOpens, TcpExtListenOverflows, IpInReceives, IpExtInOctets.</summary>
public static class NetCounters
{
    private static readonly string[] groups = ["Tcp", "TcpExt", "Ip", "IpExt", "Icmp", "MPTcpExt"];

    /// <summary>The counters of the network namespace that a process lives in; of the calling thread's when null. A file that is absent adds none.</summary>
    /// <exception cref="KernelException">A file cannot be read.</exception>
    /// <exception cref="InvalidDataException">A file does not parse.</exception>
    public static Dictionary<string, long> Read(ProcFs proc, int? pid = null)
    {
        var counters = new Dictionary<string, long>(400);

        // /proc/net is the main thread's, which need not be ours.
        string directory = pid is { } number ? $"{number}/net" : "thread-self/net";
        foreach (string file in (ReadOnlySpan<string>)["snmp", "netstat"])
        {
            if (proc.ReadText($"{directory}/{file}") is { } text)
                Parse(text, counters);
        }
        return counters;
    }

    /// <summary>Reads pairs of lines: <c>Tcp: Name Name</c>, <c>Tcp: 1 2</c>.</summary>
    internal static void Parse(string text, Dictionary<string, long> counters)
    {
        using var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).AsEnumerable().GetEnumerator();
        while (lines.MoveNext())
        {
            string names = lines.Current;
            string values = lines.MoveNext() ? lines.Current : throw new InvalidDataException($"snmp: no values for '{names}'");
            int colon = names.IndexOf(':');
            if (colon < 0 || !values.StartsWith(names[..(colon + 1)], StringComparison.Ordinal))
                throw new InvalidDataException($"snmp: '{values}' does not belong to '{names}'");
            string group = names[..colon];
            if (!groups.Contains(group))
                continue;
            string[] name = names[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] value = values[(colon + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (name.Length != value.Length)
                throw new InvalidDataException($"snmp: {name.Length} names and {value.Length} values of {group}");
            for (int i = 0; i < name.Length; i++)
                counters[group + name[i]] = Number(value[i], group + name[i]);
        }
    }

    // The kernel prints some counters unsigned: what exceeds a long wraps, and differences stay right.
    private static long Number(string text, string field) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, null, out long number) ? number
        : ulong.TryParse(text, NumberStyles.None, null, out ulong large) ? unchecked((long)large)
        : throw new InvalidDataException($"{field}: '{text}' is no number");
}
