using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tcpwhy.Balancers;

/// <summary>A host and a port that may be written into a configuration: the host is an IP address or a DNS name and nothing else, so that no text from outside becomes a directive.</summary>
public readonly record struct ServerAddress
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;

    private ServerAddress(string host, int port, IPAddress? address) => (Host, Port, Address) = (host, port, address);

    /// <summary>The IP address or the name, without brackets.</summary>
    public string Host { get; }

    /// <summary>1 to 65535.</summary>
    public int Port { get; }

    /// <summary>The address, or null when the host is a name.</summary>
    public IPAddress? Address { get; }

    /// <summary>Reads <c>host:port</c> or <c>[v6]:port</c>.</summary>
    /// <exception cref="InvalidDataException">It is none; the message quotes it and says what would be right.</exception>
    public static ServerAddress Parse(string text)
    {
        if (text.StartsWith('['))
        {
            int close = text.IndexOf(']', StringComparison.Ordinal);
            if (close < 0 || close + 1 >= text.Length || text[close + 1] != ':')
                throw Wrong(text, "an IPv6 address is written [fd00::1]:8080");
            string inside = text[1..close];
            // A zone, as %eth0, is true of one host only, and neither program takes it here.
            if (inside.Contains('%', StringComparison.Ordinal) || !IPAddress.TryParse(inside, out IPAddress? v6) || v6.AddressFamily != AddressFamily.InterNetworkV6)
                throw Wrong(text, $"'{Short(inside)}' is no IPv6 address");
            return new ServerAddress(v6.ToString(), PortOf(text, text[(close + 2)..]), v6);
        }
        int colon = text.LastIndexOf(':');
        if (colon <= 0)
            throw Wrong(text, "host:port is expected, as 10.0.0.5:8080");
        string host = text[..colon];
        if (host.Contains(':', StringComparison.Ordinal))
            throw Wrong(text, "an IPv6 address stands in brackets: [fd00::1]:8080");
        int port = PortOf(text, text[(colon + 1)..]);
        if (IsIPv4(host))
            return new ServerAddress(host, port, IPAddress.Parse(host));
        return IsName(host) ? new ServerAddress(host, port, null) : throw Wrong(text, $"'{Short(host)}' is neither an IP address nor a DNS name");
    }

    /// <summary>Whether it is a DNS name: labels of letters, digits, '-' and '_', of which the last is no number.</summary>
    public static bool IsName(string text)
    {
        if (text.Length is 0 or > LongestName)
            return false;
        string[] labels = text.Split('.');
        foreach (string label in labels)
        {
            if (label.Length is 0 or > LongestLabel || label[0] == '-' || label[^1] == '-')
                return false;
            foreach (char c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                    return false;
            }
        }
        return !labels[^1].All(char.IsAsciiDigit);
    }

    /// <summary>As it is dialled: <c>host:port</c> or <c>[v6]:port</c>.</summary>
    public override string ToString() => Address is { AddressFamily: AddressFamily.InterNetworkV6 } ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    // Four plain numbers: IPAddress.Parse takes 010.1 and 0x7f.1 as well.
    private static bool IsIPv4(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 4 && parts.All(part =>
            part.Length is > 0 and <= 3 && part.All(char.IsAsciiDigit) && (part.Length == 1 || part[0] != '0') && int.Parse(part, CultureInfo.InvariantCulture) <= 255);
    }

    private static int PortOf(string text, string port) =>
        port.Length is > 0 and <= 5 && port.All(char.IsAsciiDigit) && int.Parse(port, CultureInfo.InvariantCulture) is > 0 and <= 65535 and int number
            ? number : throw Wrong(text, $"'{Short(port)}' is no port: a number from 1 to 65535");

    private static InvalidDataException Wrong(string text, string why) => new($"'{Short(text)}': {why}");

    private static string Short(string text) => text.Length <= 80 ? text : text[..77] + "...";
}
