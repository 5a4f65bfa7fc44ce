using Tcpwhy.Kernel;
using Tcpwhy.Model;

namespace Tcpwhy.Attempts;

/// <summary>Translates a failed attempt into events: what its own call and its socket prove, and nothing more.</summary>
internal static class AttemptEvents
{
    public const int EPIPE = 32, EADDRNOTAVAIL = 99;

    /// <summary>The socket's key; attempts are judged one at a time.</summary>
    private const ulong Socket = 1;

    /// <param name="synRetries">How often the kernel repeats a SYN before it gives up.</param>
    public static IEnumerable<Event> Of(FailedAttempt failed, uint netns, ProcessInfo self, int synRetries)
    {
        DateTimeOffset time = failed.Time;
        (Endpoint local, Endpoint remote) = (failed.Local, failed.Remote);
        if (failed is { Stage: AttemptStage.Connect, Errno: EADDRNOTAVAIL, Local.Port: 0 })
        {
            yield return new CallFailed { Time = time, Netns = netns, Local = local, Remote = remote, Call = "connect", Errno = failed.Errno, Process = self };
            yield break;
        }
        TcpSample sample = Sample(failed, synRetries);
        TcpState state = State(failed, sample);
        bool reset = failed.Errno is Errno.ECONNREFUSED or Errno.ECONNRESET or EPIPE;
        int repeated = state == TcpState.SynSent ? sample.RetransmitsTotal : sample.RetransmitsInARow;
        if (repeated > 0 && !reset && !failed.PeerClosed)
            yield return new Retransmitted { Time = time, Netns = netns, Socket = Socket, Local = local, Remote = remote, State = state, Attempt = repeated, Process = self, Sample = sample };
        if (reset)
            yield return new ResetReceived { Time = time, Netns = netns, Socket = Socket, Local = local, Remote = remote, State = state, Process = self, Sample = sample };
        if (failed.Errno != 0 || state == TcpState.SynSent)
            yield return new StateChanged { Time = time, Netns = netns, Socket = Socket, Local = local, Remote = remote, From = state, To = TcpState.Closed, ByProcess = failed.TimedOut, Process = self, Sample = sample };
        if (failed.Errno != 0)
            yield return new SocketError { Time = time, Netns = netns, Socket = Socket, Local = local, Remote = remote, Errno = failed.Errno, State = state, Process = self, Sample = sample };
        yield return new AttemptFailed
        {
            Time = time,
            Netns = netns,
            Socket = Socket,
            Local = local,
            Remote = remote,
            State = state,
            Errno = failed.Errno,
            TimedOut = failed.TimedOut,
            PeerClosed = failed.PeerClosed,
            Idle = failed.SinceTraffic,
            Process = self,
            Sample = sample,
        };
    }

    private static TcpState State(FailedAttempt failed, TcpSample sample) => failed switch
    {
        { Stage: AttemptStage.Connect } => TcpState.SynSent,
        { PeerClosed: true } => TcpState.CloseWait,
        // The kernel says EPIPE for a reset after the peer's FIN. Whether that FIN was there to be seen, only its time tells.
        { Errno: EPIPE } => sample.SinceFinReceived is null ? TcpState.Unknown : TcpState.CloseWait,
        _ => TcpState.Established,
    };

    private static TcpSample Sample(FailedAttempt failed, int synRetries)
    {
        TcpSample known = failed.Sample ?? new TcpSample { BytesSent = failed.BytesSent, BytesReceived = failed.BytesReceived };
        known = known with { Opener = Opener.Local };
        if (failed.Stage == AttemptStage.Connect)
        {
            // Only a kernel that has repeated the SYN as often as it is told to says ETIMEDOUT.
            int repeated = failed is { Errno: Errno.ETIMEDOUT } ? Math.Max(known.RetransmitsTotal, synRetries) : known.RetransmitsTotal;
            return known with { UnackedBytes = 1, RetransmitsTotal = repeated };
        }
        // The FIN was the last segment with an ACK that came: what we wrote afterwards was answered with a reset.
        if (failed.PeerClosed || failed.Errno == EPIPE)
            known = known with { SinceFinReceived = known.SinceFinReceived ?? known.LastAckReceived };
        // A socket that died has thrown its queue away; the counters still tell (the SYN counts one).
        if (failed.Sample is { BytesAcked: > 0 } && failed.BytesSent > known.BytesAcked - 1)
            known = known with { UnackedBytes = (int)Math.Clamp(failed.BytesSent - (known.BytesAcked - 1), known.UnackedBytes, int.MaxValue) };
        // Nothing was in flight on an idle connection, so only its keep-alive can have found out.
        if (failed is { Stage: AttemptStage.Idle, Errno: Errno.ETIMEDOUT } && known.UnackedBytes == 0)
            known = known with { KeepAlive = true, ProbesUnanswered = Math.Max(known.ProbesUnanswered, 1) };
        return known;
    }
}
