using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tcpwhy.Model;

/// <summary>One end of a TCP connection: an address and a port (0 to 65535), written <c>10.0.0.1:80</c> or <c>[::1]:80</c>.</summary>
public readonly record struct Endpoint(IPAddress Address, int Port)
{
    /// <summary>The end that is not known: <c>0.0.0.0:0</c>.</summary>
    public static readonly Endpoint None = new(IPAddress.Any, 0);

    /// <summary>Whether the address is 0.0.0.0 or ::, as a listener on every address has it.</summary>
    public bool IsAnyAddress => IPAddress.Any.Equals(Address) || IPAddress.IPv6Any.Equals(Address);

    /// <summary>Reads <c>address:port</c> or <c>[address]:port</c>; names are not resolved.</summary>
    public static bool TryParse(string text, out Endpoint endpoint)
    {
        endpoint = default;
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, null, out ushort port))
            return false;
        ReadOnlySpan<char> host = text.AsSpan(0, colon);
        bool bracketed = host[0] == '[' && host[^1] == ']';
        if (bracketed)
            host = host[1..^1];
        if (!IPAddress.TryParse(host, out IPAddress? address) || bracketed != (address.AddressFamily == AddressFamily.InterNetworkV6))
            return false;
        endpoint = new Endpoint(address, port);
        return true;
    }

    public override string ToString() =>
        Address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{Address}]:{Port}" : $"{Address}:{Port}";
}
