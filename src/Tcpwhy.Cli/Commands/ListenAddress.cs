using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Model;

namespace Tcpwhy.Cli.Commands;

/// <summary>Where to listen, as [ADDRESS:]PORT. Without an address it is 127.0.0.1: nothing is opened to a network that was not asked for.</summary>
internal static class ListenAddress
{
    /// <summary>Reads 8080, 127.0.0.1:8080, localhost:8080, [::1]:8080, or *:8080 for all addresses.</summary>
    /// <exception cref="ToolException">It is something else.</exception>
    public static Endpoint Parse(string text, Screen talk)
    {
        int colon = text.LastIndexOf(':');
        string host = colon < 0 ? "" : text[..colon], port = text[(colon + 1)..];
        if (!int.TryParse(port, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) || number is < 0 or > ushort.MaxValue)
        {
            throw new ToolException(port.Length == 0
                ? talk.T("'{0}' lacks a port: write [ADDRESS:]PORT, as 8080 or *:8080", text)
                : talk.T("'{0}' is no port: a port is a number from 1 to 65535, or 0 for a free one", port), ExitCode.Usage);
        }
        IPAddress? address = host switch
        {
            "" or "localhost" => IPAddress.Loopback,
            "*" => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any,
            ['[', .., ']'] => IPAddress.TryParse(host[1..^1], out IPAddress? v6) && v6.AddressFamily == AddressFamily.InterNetworkV6 ? v6 : null,
            _ => IPAddress.TryParse(host, out IPAddress? v4) && v4.AddressFamily == AddressFamily.InterNetwork && host.Count(c => c == '.') == 3 ? v4 : null,
        };
        if (address is not null)
            return new Endpoint(address, number);
        throw new ToolException(host.Contains(':')
            ? talk.T("'{0}' is no address to listen on: write IPv6 in brackets, as [::1]:8080", text)
            : talk.T("'{0}' is no address to listen on: write one of this host's addresses, or * for all", host), ExitCode.Usage);
    }
}
