using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Probing;

/// <summary>A service whose idle connections are to be watched, and what a connection does before it is idle.</summary>
public sealed record IdleTarget
{
    public required Endpoint Remote { get; init; }

    /// <summary>The name for TLS and for the Host field of HTTP.</summary>
    public required string HostName { get; init; }
    public bool Tls { get; init; }

    /// <summary>The path of an HTTP request to complete first; null to be idle right after the handshake.</summary>
    public string? Path { get; init; }
    public IPAddress? Source { get; init; }

    /// <summary>The network interface to bind to, or null.</summary>
    public string? Interface { get; init; }

    /// <summary>How long the handshakes and the reply may take together.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The request, complete, that leaves the connection open.</summary>
    internal byte[] Request => System.Text.Encoding.Latin1.GetBytes(
        $"GET {Path} HTTP/1.1\r\nHost: {HostField}\r\nUser-Agent: tcpwhy\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n");

    private string HostField
    {
        get
        {
            string host = HostName.Contains(':') ? $"[{HostName}]" : HostName;
            return Remote.Port == (Tls ? 443 : 80) ? host : $"{host}:{Remote.Port}";
        }
    }
}
