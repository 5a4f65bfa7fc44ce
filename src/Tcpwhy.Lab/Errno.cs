using System.Net.Sockets;

namespace Tcpwhy.Lab;

/// <summary>Names of the errors that connections end with, as errno(3) spells them.</summary>
public static class Errno
{
    static readonly Dictionary<int, string> Names = new()
    {
        [0] = "OK", [1] = "EPERM", [11] = "EAGAIN", [13] = "EACCES", [22] = "EINVAL", [24] = "EMFILE", [32] = "EPIPE",
        [98] = "EADDRINUSE", [99] = "EADDRNOTAVAIL", [101] = "ENETUNREACH", [103] = "ECONNABORTED", [104] = "ECONNRESET",
        [105] = "ENOBUFS", [107] = "ENOTCONN", [110] = "ETIMEDOUT", [111] = "ECONNREFUSED", [112] = "EHOSTDOWN",
        [113] = "EHOSTUNREACH", [115] = "EINPROGRESS",
    };

    /// <summary>The name of an errno; one that has none here is written <c>errno 95</c>.</summary>
    public static string Name(int errno) => Names.TryGetValue(errno, out string? name) ? name : $"errno {errno}";

    /// <summary>The name of the errno behind a socket exception.</summary>
    // .NET folds EPIPE and ESHUTDOWN into one error; send(2) on Linux only returns EPIPE. So it does with EMFILE and ENFILE.
    internal static string Of(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.Shutdown => "EPIPE",
        SocketError.TooManyOpenSockets => "EMFILE",
        _ => Name(e.ErrorCode),
    };
}
