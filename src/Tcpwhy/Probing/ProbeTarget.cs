using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Tcpwhy.Model;
using Tcpwhy.Texts;

namespace Tcpwhy.Probing;

/// <summary>What is probed: a name or an address literal, and a port (1 to 65535).</summary>
public sealed record ProbeTarget(string Host, int Port)
{
    /// <summary>What is probed when nothing is named.</summary>
    public static readonly ProbeTarget Default = new("localhost", 8080);

    /// <summary>The host when it is an address and no name, else null.</summary>
    public IPAddress? Literal { get; } = IPAddress.TryParse(Host, out IPAddress? address) ? address : null;

    /// <summary>Reads <c>host:port</c>, <c>[v6]:port</c>, <c>:port</c> or <c>host</c>; what is left out is localhost or 8080.</summary>
    /// <exception cref="ToolException">It is none of these: one sentence that says what is wrong.</exception>
    public static ProbeTarget Parse(string text)
    {
        if (text.Length == 0)
            throw Wrong(text, "it is empty");
        if (text.Contains("://", StringComparison.Ordinal))
            throw Url(text);
        (string host, string? port) = Split(text);
        return new ProbeTarget(host.Length == 0 ? Default.Host : CheckedHost(host, text), port is null ? Default.Port : CheckedPort(port, text));
    }

    public override string ToString() => Literal is { AddressFamily: AddressFamily.InterNetworkV6 } ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private static (string Host, string? Port) Split(string text)
    {
        if (text[0] == '[')
        {
            int end = text.IndexOf(']');
            bool address = end > 0 && IPAddress.TryParse(text.AsSpan(1, end - 1), out IPAddress? inside) && inside.AddressFamily == AddressFamily.InterNetworkV6;
            if (!address || (end + 1 < text.Length && text[end + 1] != ':'))
                throw Wrong(text, "an IPv6 address stands in brackets, as [::1]:443");
            return (text[1..end], end + 1 < text.Length ? text[(end + 2)..] : null);
        }
        int first = text.IndexOf(':'), last = text.LastIndexOf(':');
        if (first == last)
            return first < 0 ? (text, null) : (text[..first], text[(first + 1)..]);
        if (IPAddress.TryParse(text, out _))
            return (text, null);
        throw Wrong(text, "an IPv6 address stands in brackets, as [::1]:443");
    }

    private static string CheckedHost(string host, string text)
    {
        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            // 10.1 and 0177.0.0.1 are addresses to inet_aton and a surprise to everybody else.
            if (address.AddressFamily == AddressFamily.InterNetwork && address.ToString() != host)
                throw Wrong(text, $"{host} would mean {address}: write that");
            return host;
        }
        if (host.All(c => char.IsAsciiDigit(c) || c == '.'))
            throw Wrong(text, "an IPv4 address has four numbers from 0 to 255");
        foreach (string label in host.TrimEnd('.').Split('.'))
        {
            if (label.Length is 0 or > 63)
                throw Wrong(text, "each part of a name has 1 to 63 characters");
        }
        foreach (char c in host)
        {
            if (!char.IsLetterOrDigit(c) && c is not ('-' or '_' or '.'))
                throw Wrong(text, "a name has letters, digits, dots and hyphens");
        }
        return host.Length <= 253 ? host : throw Wrong(text, "a name has at most 253 characters");
    }

    private static int CheckedPort(string port, string text) =>
        int.TryParse(port, NumberStyles.None, null, out int number) && number is >= 1 and <= 65535
            ? number
            : throw Wrong(text, "a port is a number from 1 to 65535");

    private static ToolException Url(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
            return Wrong(text, "a target is HOST:PORT");
        string tls = url.Scheme == "https" ? "--tls " : "";
        return Wrong(text, $"a target is HOST:PORT; for this URL say {url.Host}:{url.Port} {tls}--http {url.PathAndQuery}");
    }

    private static ToolException Wrong(string text, Sentence why) => new($"'{text}': {why}", ExitCode.Usage);
}
