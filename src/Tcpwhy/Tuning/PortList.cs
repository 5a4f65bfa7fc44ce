using System.Globalization;

namespace Tcpwhy.Tuning;

/// <summary>A list of ports as the kernel writes it: 8080,9000-9100.</summary>
public sealed class PortList
{
    private readonly SortedSet<int> _ports = [];

    /// <exception cref="InvalidDataException">It is no such list.</exception>
    public static PortList Parse(string text)
    {
        PortList list = new();
        foreach (string part in text.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !ushort.TryParse(ends[0], NumberStyles.None, null, out ushort first) || !ushort.TryParse(ends[^1], NumberStyles.None, null, out ushort last))
                throw new InvalidDataException($"'{part}' is no port and no range of ports");
            for (int port = first; port <= last; port++)
                list._ports.Add(port);
        }
        return list;
    }

    /// <summary>How many of them lie within a range.</summary>
    public int Within(int low, int high) => low > high ? 0 : _ports.GetViewBetween(low, high).Count;

    public bool Contains(int port) => _ports.Contains(port);

    public void Add(int port) => _ports.Add(port);

    /// <summary>In the kernel's way of writing, with neighbours drawn together.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        int first = -1, last = -1;
        foreach (int port in _ports.Append(int.MaxValue))
        {
            if (first >= 0 && port == last + 1)
            {
                last = port;
                continue;
            }
            if (first >= 0)
                parts.Add(first == last ? $"{first}" : $"{first}-{last}");
            first = last = port;
        }
        return string.Join(',', parts);
    }
}
