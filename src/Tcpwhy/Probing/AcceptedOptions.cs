using System.Net.Sockets;
using System.Text;

namespace Tcpwhy.Probing;

/// <summary>A connected socket's options as getsockopt reads them back.</summary>
public sealed record AcceptedOptions
{
    private const int SOL_SOCKET = 1;
    private const int SO_REUSEADDR = 2;
    private const int SO_SNDBUF = 7;
    private const int SO_RCVBUF = 8;
    private const int SO_KEEPALIVE = 9;
    private const int IPPROTO_TCP = 6;
    private const int TCP_NODELAY = 1;
    private const int TCP_MAXSEG = 2;
    private const int TCP_KEEPIDLE = 4;
    private const int TCP_KEEPINTVL = 5;
    private const int TCP_KEEPCNT = 6;
    private const int TCP_CONGESTION = 13;
    private const int TCP_USER_TIMEOUT = 18;
    private const int LongestCongestionControl = 16;

    public required bool ReuseAddress { get; init; }
    public required bool NoDelay { get; init; }
    public required bool KeepAlive { get; init; }
    public required int KeepAliveIdleSeconds { get; init; }
    public required int KeepAliveIntervalSeconds { get; init; }
    public required int KeepAliveProbes { get; init; }

    /// <summary>0: none, tcp_retries2 decides.</summary>
    public required int UserTimeoutMilliseconds { get; init; }
    public required int MaxSegmentBytes { get; init; }
    public required int SendBufferBytes { get; init; }
    public required int ReceiveBufferBytes { get; init; }
    public required string CongestionControl { get; init; }

    public static AcceptedOptions Of(Socket socket)
    {
        Span<byte> name = stackalloc byte[LongestCongestionControl];
        name = name[..socket.GetRawSocketOption(IPPROTO_TCP, TCP_CONGESTION, name)];
        int end = name.IndexOf((byte)0);
        return new AcceptedOptions
        {
            ReuseAddress = Number(socket, SOL_SOCKET, SO_REUSEADDR) != 0,
            NoDelay = Number(socket, IPPROTO_TCP, TCP_NODELAY) != 0,
            KeepAlive = Number(socket, SOL_SOCKET, SO_KEEPALIVE) != 0,
            KeepAliveIdleSeconds = Number(socket, IPPROTO_TCP, TCP_KEEPIDLE),
            KeepAliveIntervalSeconds = Number(socket, IPPROTO_TCP, TCP_KEEPINTVL),
            KeepAliveProbes = Number(socket, IPPROTO_TCP, TCP_KEEPCNT),
            UserTimeoutMilliseconds = Number(socket, IPPROTO_TCP, TCP_USER_TIMEOUT),
            MaxSegmentBytes = Number(socket, IPPROTO_TCP, TCP_MAXSEG),
            SendBufferBytes = Number(socket, SOL_SOCKET, SO_SNDBUF),
            ReceiveBufferBytes = Number(socket, SOL_SOCKET, SO_RCVBUF),
            CongestionControl = Encoding.ASCII.GetString(end < 0 ? name : name[..end]),
        };
    }

    private static int Number(Socket socket, int level, int option)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        value.Clear();
        socket.GetRawSocketOption(level, option, value);
        return BitConverter.ToInt32(value);
    }
}
