using Tcpwhy.Model;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>One end of a made-up connection: makes the events that its kernel would tell.</summary>
internal sealed record LineEnd(uint Netns, ulong Socket, Endpoint Local, Endpoint Remote, ProcessInfo Process, Opener Opener)
{
    public StateChanged Closed(double at, TcpState from, TcpSample? sample = null, bool byProcess = false) =>
        new() { Time = Line.At(at), Netns = Netns, Socket = Socket, Local = Local, Remote = Remote, From = from, To = TcpState.Closed, ByProcess = byProcess, Process = Process, Sample = Of(sample) };

    public ResetSent Sent(double at, string reason, TcpSample? sample = null, TcpFlags answers = TcpFlags.None, TcpState state = TcpState.Closed) =>
        new() { Time = Line.At(at), Netns = Netns, Socket = Socket, Local = Local, Remote = Remote, Reason = reason, State = state, Answers = answers, Process = Process, Sample = Of(sample) };

    /// <summary>A reset that this host's kernel sent for want of an established socket.</summary>
    public ResetSent Refused(double at, string reason, TcpFlags answers, TcpState state = TcpState.Unknown, TimeSpan? sinceClose = null) =>
        new() { Time = Line.At(at), Netns = Netns, Local = Local, Remote = Remote, Reason = reason, State = state, Answers = answers, SinceClose = sinceClose };

    public ResetReceived Got(double at, TcpState state, TcpSample? sample = null, Segment? segment = null) =>
        new() { Time = Line.At(at), Netns = Netns, Socket = Socket, Local = Local, Remote = Remote, State = state, Process = Process, Sample = Of(sample), Segment = segment };

    public SocketError Told(double at, int errno, TcpSample? sample = null) =>
        new() { Time = Line.At(at), Netns = Netns, Socket = Socket, Local = Local, Remote = Remote, Errno = errno, State = TcpState.Closed, Process = Process, Sample = Of(sample) };

    public Retransmitted Again(double at, TcpState state, int attempt, TcpSample? sample = null) =>
        new() { Time = Line.At(at), Netns = Netns, Socket = Socket, Local = Local, Remote = Remote, State = state, Attempt = attempt, Process = Process, Sample = Of(sample) };

    /// <summary>What a socket says of itself when it received a reset: the reset, its death, and what its owner is told.</summary>
    public IEnumerable<Event> IsReset(double at, TcpState state, TcpSample sample, Segment? segment = null)
    {
        int errno = state switch { TcpState.SynSent => 111, TcpState.CloseWait => 32, _ => 104 };
        return [Got(at, state, sample, segment), Closed(at + 0.005, state, sample), Told(at + 0.01, errno, sample)];
    }

    /// <summary>What a socket says of itself when its owner aborts: its death, and the reset.</summary>
    public IEnumerable<Event> Aborts(double at, TcpState state, string reason, TcpSample sample) =>
        [Closed(at, state, sample, byProcess: true), Sent(at + 0.005, reason, sample)];

    private TcpSample? Of(TcpSample? sample) => sample is null ? null : sample with { Opener = Opener };
}
