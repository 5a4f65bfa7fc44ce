using System.Net;
using Tcpwhy.Kernel.InetDiag;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>The ends of a socket as sock_diag tells it; an IPv4 connection on an IPv6 socket is the same connection for its peer.</summary>
internal static class DiagEnds
{
    public static Endpoint Local(in InetDiagMessage socket) => new(Plain(socket.LocalAddress), socket.LocalPort);

    public static Endpoint Remote(in InetDiagMessage socket) => new(Plain(socket.RemoteAddress), socket.RemotePort);

    private static IPAddress Plain(ReadOnlySpan<byte> bytes)
    {
        var address = new IPAddress(bytes);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }
}
