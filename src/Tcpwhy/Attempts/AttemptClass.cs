using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Attempts;

/// <summary>What attempts have in common that are too many to be judged one by one.</summary>
internal readonly record struct AttemptClass(AttemptStage Stage, IPAddress Local, bool HasPort, Endpoint Remote, int Errno, bool TimedOut, bool PeerClosed)
{
    public static AttemptClass Of(FailedAttempt failed) =>
        new(failed.Stage, failed.Local.Address, failed.Local.Port != 0, failed.Remote, failed.Errno, failed.TimedOut, failed.PeerClosed);

    /// <summary>An attempt that shows what they all met, and nothing that only one of them knew.</summary>
    public FailedAttempt Common(DateTimeOffset time) => new()
    {
        Time = time,
        Stage = Stage,
        Local = new Endpoint(Local, HasPort ? 1 : 0),
        Remote = Remote,
        Errno = Errno,
        TimedOut = TimedOut,
        PeerClosed = PeerClosed,
    };
}
