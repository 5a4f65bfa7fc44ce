using System.Net;
using Tcpwhy.Attempts;
using Tcpwhy.Model;

namespace Tcpwhy.Tests.Attempts;

/// <summary>Attempts of a made-up client that failed.</summary>
internal static class Failed
{
    public static readonly DateTimeOffset Start = new(2026, 1, 31, 9, 0, 0, TimeSpan.Zero);
    public static readonly Endpoint Service = new(IPAddress.Parse("10.0.2.2"), 8080);

    /// <summary>An attempt over the network; <paramref name="port"/> is our own.</summary>
    public static FailedAttempt At(AttemptStage stage, int errno = 0, int port = 41022, double milliseconds = 0) => new()
    {
        Time = Start.AddMilliseconds(milliseconds),
        Stage = stage,
        Local = new Endpoint(IPAddress.Parse("10.0.1.2"), port),
        Remote = Service,
        Errno = errno,
    };

    /// <summary>TCP_INFO of a connection that has had an answer, and sent its next request a moment ago.</summary>
    public static TcpSample Asking => new()
    {
        LastDataSent = TimeSpan.FromMilliseconds(1), LastDataReceived = TimeSpan.FromSeconds(5), LastAckReceived = TimeSpan.FromSeconds(5),
        BytesSent = 200, BytesAcked = 101, BytesReceived = 500, DataSegmentsOut = 2, DataSegmentsIn = 1,
    };
}
