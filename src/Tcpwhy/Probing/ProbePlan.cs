using System.Net.Sockets;

namespace Tcpwhy.Probing;

/// <summary>What to probe, and how.</summary>
public sealed record ProbePlan
{
    public required ProbeTarget Target { get; init; }

    /// <summary>Attempts for each address.</summary>
    public int Count { get; init; } = 5;

    /// <summary>The family to try, or both.</summary>
    public AddressFamily Family { get; init; } = AddressFamily.Unspecified;
    public SocketSettings Socket { get; init; } = new();
    public bool Tls { get; init; }

    /// <summary>Path of an HTTP request to make on each connection, or null.</summary>
    public string? HttpPath { get; init; }

    /// <summary>How long a handshake of TCP may take.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a handshake of TLS, and an answer, may take.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a peer that nothing is asked of may take to speak, close or reset.</summary>
    public TimeSpan Listening { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether to look for packets that vanish for their size.</summary>
    public bool Mtu { get; init; }

    /// <summary>Whether to watch the kernel beside the attempts where privileges allow, so that it is seen who dropped or reset what.</summary>
    public bool WatchKernel { get; init; } = true;
}
