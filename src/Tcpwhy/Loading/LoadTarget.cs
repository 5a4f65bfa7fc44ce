using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tcpwhy.Model;
using Tcpwhy.Texts;
using SocketError = System.Net.Sockets.SocketError;

namespace Tcpwhy.Loading;

/// <summary>What a load is aimed at, as it was written: <c>host:port</c>, <c>[v6]:port</c>, <c>:port</c> or a URL.</summary>
/// <param name="Text">As it is shown.</param>
/// <param name="Host">A name or an address.</param>
/// <param name="Path">Path and query of a URL; null when no URL was given.</param>
public sealed record LoadTarget(string Text, string Host, int Port, string? Path, bool Tls)
{
    /// <summary>The value of the Host field.</summary>
    public string HostField => (Host.Contains(':') ? $"[{Host}]" : Host) + (Port == (Tls ? 443 : 80) ? "" : $":{Port}");

    /// <summary>Reads a target.</summary>
    /// <exception cref="ToolException">It is none.</exception>
    public static LoadTarget Parse(string text)
    {
        foreach ((string scheme, bool tls) in (ReadOnlySpan<(string, bool)>)[("http://", false), ("https://", true)])
        {
            if (!text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                continue;
            string rest = text[scheme.Length..];
            int slash = rest.AsSpan().IndexOfAny('/', '?');
            string authority = slash < 0 ? rest : rest[..slash];
            string path = slash < 0 ? "/" : rest[slash] == '?' ? "/" + rest[slash..] : rest[slash..];
            if (path.IndexOf('#') is >= 0 and int fragment)
                path = path[..fragment];
            foreach (char c in path)
            {
                if (c is <= ' ' or >= (char)0x7F)
                    throw Wrong(text, "the path has a character that a URL may not have: write it as %20");
            }
            if (authority.Contains('@'))
                throw Wrong(text, "a user name in a URL is not supported");
            (string host, int port) = Split(text, authority, tls ? 443 : 80);
            return new LoadTarget($"{scheme}{authority}{path}", host, port, path, tls);
        }
        if (text.Contains("://", StringComparison.Ordinal))
            throw Wrong(text, "the schemes are http and https");
        (string name, int number) = Split(text, text, null);
        return new LoadTarget(text, name, number, null, false);
    }

    /// <summary>The addresses of the host, in the resolver's order.</summary>
    /// <exception cref="ToolException">There are none.</exception>
    public IPAddress[] Resolve()
    {
        if (IPAddress.TryParse(Host, out IPAddress? address))
            return [address];
        IPAddress[] addresses;
        try
        {
            addresses = Dns.GetHostAddresses(Host);
        }
        catch (SocketException failure)
        {
            throw new ToolException($"{Host} does not resolve: {new Sentence(Reason(failure.SocketErrorCode))}", ExitCode.Unreachable);
        }
        return addresses.Length > 0 ? addresses : throw new ToolException($"{Host} does not resolve: it has no address", ExitCode.Unreachable);
    }

    private static string Reason(SocketError error) => error switch
    {
        SocketError.HostNotFound => "no such name",
        SocketError.TryAgain => "the resolver did not answer; see /etc/resolv.conf",
        SocketError.NoData => "it has no address",
        _ => $"{error}",
    };

    private static (string Host, int Port) Split(string whole, string text, int? otherwise)
    {
        int colon = text.LastIndexOf(':');
        bool bracketed = text.StartsWith('[');
        string host = text, port = "";
        if (bracketed)
        {
            int end = text.IndexOf(']');
            if (end < 0 || (end + 1 < text.Length && text[end + 1] != ':'))
                throw Wrong(whole, "an IPv6 address stands in brackets: [::1]:8080");
            (host, port) = (text[1..end], end + 2 <= text.Length ? text[(end + 2)..] : "");
        }
        else if (colon >= 0)
        {
            (host, port) = (text[..colon], text[(colon + 1)..]);
        }
        if (host.Contains(':') && !bracketed)
            throw Wrong(whole, "an IPv6 address stands in brackets: [::1]:8080");
        if (host.Length == 0 && colon == 0)
            host = "localhost";
        if (host.Length == 0 || Uri.CheckHostName(host) == UriHostNameType.Unknown)
            throw Wrong(whole, $"'{host}' is no host name");
        if (port.Length == 0 && otherwise is { } standard && !text.EndsWith(':'))
            return (host, standard);
        if (port.Length == 0)
            throw Wrong(whole, "a port is missing: host:port");
        return int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= 65535
            ? (host, number)
            : throw Wrong(whole, $"a port is a number from 1 to 65535, not '{port}'");
    }

    private static ToolException Wrong(string text, Sentence why) => new($"'{text}': {why}", ExitCode.Usage);
}
