using System.Net;
using Tcpwhy.Kernel.Sockets;
using Tcpwhy.Model;

namespace Tcpwhy.Loading;

/// <summary>What a connection carries.</summary>
public enum LoadProtocol
{
    /// <summary>Nothing: an attempt is a connection.</summary>
    Connect,

    /// <summary>Bytes to send and a number of bytes to wait for.</summary>
    Raw,

    /// <summary>Requests and answers of HTTP/1.1.</summary>
    Http,
}

/// <summary>A load as it was asked for: it always ends, by its count or by its duration.</summary>
public sealed record LoadPlan
{
    public required Endpoint Target { get; init; }

    public bool TargetIsV6 => Target.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;

    /// <summary>The name that TLS asks for and checks; null without TLS.</summary>
    public string? TlsName { get; init; }

    /// <summary>Whether a certificate that nobody vouches for is accepted.</summary>
    public bool TrustAnyone { get; init; }

    public LoadProtocol Protocol { get; init; }

    /// <summary>The bytes of one request; empty when nothing is sent.</summary>
    public byte[] Request { get; init; } = [];

    /// <summary>How many bytes answer a raw request.</summary>
    public long AnswerBytes { get; init; }

    /// <summary>How many connections are open at once.</summary>
    public required int Connections { get; init; }

    /// <summary>Attempts a second; 0 is as many as go.</summary>
    public double Rate { get; init; }

    /// <summary>How many attempts in all; 0 is no limit.</summary>
    public long Count { get; init; }

    /// <summary>For how long attempts are begun, or connections are held once all are open; zero is no limit.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The time in which the load grows to its full size.</summary>
    public TimeSpan Ramp { get; init; }

    /// <summary>Connections are opened and kept open.</summary>
    public bool Hold { get; init; }

    /// <summary>Requests on a connection before it is closed; 0 is no limit.</summary>
    public int PerConnection { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long an answer may take.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Source addresses, used in turn; empty leaves it to the kernel.</summary>
    public IReadOnlyList<IPAddress> Sources { get; init; } = [];

    public SocketSettings Settings { get; init; }
    public int Threads { get; init; } = 1;
}
