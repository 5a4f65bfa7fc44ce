using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>A connection that a process opened, or one on which it owes an answer or has just given one, in one look at all sockets.</summary>
/// <param name="Thread">The thread that sleeps on it alone, or 0.</param>
/// <param name="DataSegmentsOut">Segments with data that it has sent.</param>
internal readonly record struct FollowedSocket(
    DateTimeOffset Time, ulong Socket, uint Netns, ProcessInfo Process, Endpoint Local, Endpoint Remote, FollowedFlags Flags, int Thread, uint DataSegmentsOut, uint Unread, TimeSpan? Sent, TimeSpan? Received)
{
    public bool IsOpened => Flags.HasFlag(FollowedFlags.Opened);
    public bool IsLeft => Flags.HasFlag(FollowedFlags.Left);
    public bool IsDue => Flags.HasFlag(FollowedFlags.Due);

    /// <summary>Whether the process has yet to read what came; a FIN counts one byte.</summary>
    public bool IsUnread => Unread > (IsLeft ? 1 : 0);

    /// <summary>How long an answer has been due.</summary>
    public TimeSpan Waited => (IsOpened ? Sent : Received) ?? TimeSpan.Zero;

    /// <summary>When the last answer came, and when the last one left.</summary>
    public DateTimeOffset? Heard => Time - Received;
    public DateTimeOffset? Said => Time - Sent;

    /// <summary>From the last answer to the request that waits now.</summary>
    public TimeSpan? Pause => Received - Sent;
}
