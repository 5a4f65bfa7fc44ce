using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tcpwhy.Texts;

namespace Tcpwhy.Filtering;

/// <summary>Reads the values that a filter compares with: ports, addresses, processes, namespaces.</summary>
internal sealed class FilterValues(FilterNames names)
{
    /// <summary>A port as <c>443</c>, <c>:443</c>, <c>https</c> or <c>:https</c>.</summary>
    public int Port(FilterWord word) => Port(word.Text.StartsWith(':') ? word.Text[1..] : word.Text, word.At);

    public static int Pid(FilterWord word) =>
        int.TryParse(word.Text, NumberStyles.None, null, out int pid) && pid > 0 ? pid
            : throw FilterParser.Error($"'{word.Text}' at {word.At} is not a process number, as 4312");

    /// <summary>A namespace's inode number, or the name that <c>ip netns</c> gave it.</summary>
    public uint Netns(FilterWord word)
    {
        if (uint.TryParse(word.Text, NumberStyles.None, null, out uint inode))
            return inode;
        IReadOnlyDictionary<string, uint> known = names.Namespaces();
        return known.TryGetValue(word.Text, out inode) ? inode
            : throw FilterParser.Error($"no network namespace '{word.Text}' at {word.At} on this host{Nearest.Hint(word.Text, known.Keys)}");
    }

    /// <summary>As ss has it: <c>10.0.0.1</c>, <c>10.0.0.0/8:443</c>, <c>[::1]:443</c>, <c>::1</c>, <c>:443</c>, <c>*:443</c>, or a host's name.</summary>
    public Condition Host(End end, FilterWord word)
    {
        (string host, string? port) = SplitPort(word.Text);
        var conditions = new List<Condition>();
        if (host is not ("" or "*"))
            conditions.Add(Addresses(end, host, word));
        if (port is not (null or "" or "*"))
        {
            int number = Port(port, word.At);
            conditions.Add(new PortIn(end, number, number));
        }
        return conditions switch { [] => new StateIs(StateSet.All), [var only] => only, _ => new AllOf([.. conditions]) };
    }

    private static (string Host, string? Port) SplitPort(string text)
    {
        if (text.StartsWith('[') && text.IndexOf(']') is > 0 and var close)
        {
            // A prefix may stand within the brackets, as ss wants it, or after them.
            int colon = text.IndexOf(':', close);
            string prefix = colon < 0 ? text[(close + 1)..] : text[(close + 1)..colon];
            return (text[1..close] + prefix, colon < 0 ? null : text[(colon + 1)..]);
        }
        int slash = text.IndexOf('/');
        int last = text.LastIndexOf(':');
        // Without brackets, two colons before any prefix are an IPv6 address.
        bool hasPort = last >= 0 && (slash >= 0 ? last > slash : text.IndexOf(':') == last);
        return hasPort ? (text[..last], text[(last + 1)..]) : (text, null);
    }

    private Condition Addresses(End end, string host, FilterWord word)
    {
        string[] parts = host.Split('/', 2);
        IPAddress[] addresses = [];
        if (IPAddress.TryParse(parts[0], out IPAddress? address) && IsPlain(parts[0], address))
            addresses = [address];
        else if (parts.Length == 1 && IsName(host))
        {
            addresses = names.Addresses(host);
            if (addresses.Length == 0)
                throw FilterParser.Error($"no host '{host}' at {word.At} was found; an address would be certain, as 10.0.0.0/8 or [::1]:443");
        }
        if (addresses.Length == 0)
            throw FilterParser.Error($"'{word.Text}' at {word.At} is not an address, as 10.0.0.0/8 or [::1]:443");
        Condition[] conditions = [.. addresses.Select(a => new AddressIn(end, new Network(a, Prefix(parts, a, word))))];
        return conditions is [var only] ? only : new AnyOf(conditions);
    }

    // The library also reads "10" as 0.0.0.10 and "010.0.0.1" as 8.0.0.1, which nobody means.
    private static bool IsPlain(string text, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? address.ToString() == text : !text.Contains('%');

    private static bool IsName(string text) => text.Any(char.IsLetter) && text.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_');

    private static int Prefix(string[] parts, IPAddress address, FilterWord word)
    {
        int longest = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        if (parts.Length == 1)
            return longest;
        return int.TryParse(parts[1], NumberStyles.None, null, out int prefix) && prefix <= longest ? prefix
            : throw FilterParser.Error($"prefix '/{parts[1]}' at {word.At} is not a number from 0 to {longest}");
    }

    private int Port(string text, int at)
    {
        if (text.Length > 0 && text.All(char.IsAsciiDigit))
            return ushort.TryParse(text, NumberStyles.None, null, out ushort port) ? port
                : throw FilterParser.Error($"port '{text}' at {at} is out of range (0 to 65535)");
        IReadOnlyDictionary<string, int> services = names.Services();
        return services.TryGetValue(text, out int number) ? number
            : throw FilterParser.Error($"'{text}' at {at} is neither a port nor a service in /etc/services{Nearest.Hint(text, services.Keys)}");
    }
}
