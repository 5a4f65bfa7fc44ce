using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Tcpwhy.Model;

namespace Tcpwhy.Probing;

/// <summary>One address of a service whose idle connections are to be watched, and what each does before it is idle.</summary>
/// <param name="Plan">Its TLS and HTTP path, if any, come before the idle time.</param>
public sealed record IdleTarget(ProbePlan Plan, Endpoint Remote)
{
    /// <summary>The request, complete, that leaves the connection open.</summary>
    internal byte[] Request
    {
        get
        {
            string host = Plan.Target.Port == (Plan.Tls ? 443 : 80) ? Plan.Target.ToString()[..^$":{Plan.Target.Port}".Length] : Plan.Target.ToString();
            return Encoding.ASCII.GetBytes($"GET {Plan.HttpPath} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: tcpwhy\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n");
        }
    }

    /// <summary>A socket as the plan wants it, not connected.</summary>
    /// <exception cref="ToolException">The kernel refuses one of the plan's settings.</exception>
    internal Socket NewSocket()
    {
        Socket socket = Plan.Socket.Open(Remote.Address.AddressFamily);
        socket.NoDelay = true;
        return socket;
    }

    /// <summary>Connects the socket, and encrypts when the plan says so.</summary>
    internal async Task<Stream> ConnectAsync(Socket socket, CancellationToken ct)
    {
        await socket.ConnectAsync(new IPEndPoint(Remote.Address, Remote.Port), ct);
        var plain = new NetworkStream(socket, ownsSocket: false);
        if (!Plan.Tls)
            return plain;
#pragma warning disable CA5359 // It is the connection's life that is measured; its certificate, the attempts before have judged.
        var encrypted = new SslStream(plain, leaveInnerStreamOpen: true, (_, _, _, _) => true);
#pragma warning restore CA5359
        await encrypted.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = Plan.Target.Host }, ct);
        return encrypted;
    }

    /// <summary>Whether this is how connecting, encrypting or the first request fails, and no mistake of ours.</summary>
    internal static bool IsFailure(Exception error) =>
        error is SocketException or IOException or OperationCanceledException or InvalidDataException or System.Security.Authentication.AuthenticationException;
}
