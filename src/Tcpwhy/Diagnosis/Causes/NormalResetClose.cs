using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A reset after the work was done, or a client that lost interest: 15 to 25 % of healthy connections carry one.</summary>
public sealed class NormalResetClose : Cause
{
    public override string Id => "normal-reset-close";
    public override bool IsNormal => true;
    public override IReadOnlyList<string> YieldsTo => ["healthcheck-noise"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Call is not null || broken.Waiting is not null || broken.QueueFull is not null || Refusals.Of(broken) is not null || broken.Ends.Any(end => end.TimedOut)
            || FirstExchange.Of(broken) is { IsMisunderstanding: true } || NginxWorkerConnections.Refuser(broken, world) is not null
            || GivenUp.Of(broken) is not null && !(broken.Client is { } leaver && world.Departures.IsPassedOn(leaver))
            || AsymmetricRouting.Met(broken, world) is not null || world.Removals.Of(broken) is not null || MptcpSubflowReset.Reset(broken) is not null && !MptcpSubflowReset.IsLeftover(broken) || AdminAbort.Killed(broken) is not null || ListenerClosedQueued.ListenerClosed(broken, world) is not null
            || ProcessCrash.Dead(broken, world) is not null)
            return null;
        // The state change itself may have been missed: the reset tells of the same close.
        ConnectionEnd? aborter = broken.Ends.FirstOrDefault(end => end is { Aborted: true, Death: null or { To: TcpState.Closed } });
        bool byClient = aborter is not null && ReferenceEquals(aborter, broken.Client);
        bool proxy = aborter?.Process?.Comm is "haproxy" or "nginx" or "envoy";
        bool clientLeft = byClient && (aborter!.Sample is not { LingerZero: true } || proxy || !Harmed(broken.Server, aborter));
        bool done = aborter is not null && !byClient && aborter.UnreadBytes == 0 && !broken.Unfinished;
        bool saidGoodbye = aborter is not null && !byClient && aborter.State == TcpState.CloseWait && !aborter.HeardLast && aborter.UndeliveredBytes == 0;
        bool afterFin = aborter is null && broken.Ends.Any(end => end.Received is not null)
            && broken.Ends.Where(end => end.Received is not null).All(IsAfterFin);
        bool stray = !broken.Ends.Any() && (broken.ServerRefusal ?? broken.ClientRefusal) is { Reason: "NO_SOCKET" or "TCP_FLAGS" } refusal && !refusal.Answers.HasFlag(TcpFlags.Syn) && !refusal.Answers.HasFlag(TcpFlags.Psh);
        // The client closed first and did not wait; the answer came to nobody.
        bool lateAnswer = !byClient && broken.Server is { State: TcpState.CloseWait, Received: not null };
        // A client elsewhere, whose program, and no box on the way, reset a connection on which nothing was open.
        bool leftInPeace = broken.Client is null && broken.Server is { State: TcpState.Established, Received.Segment.LooksLikeProcess: true, Silent: false } && !broken.Unfinished;
        bool handedOver = !byClient && IsBetweenRequests(broken)
            && broken.Server?.Process is { } worker && world.IsHandover(broken.ServerNetns, broken.ServerEndpoint, worker.Comm, broken.Last);
        bool leftover = MptcpSubflowReset.Reset(broken) is not null && MptcpSubflowReset.IsLeftover(broken);
        bool goodbye = Reuse.SaidGoodbye(broken);
        if (!goodbye && !leftover && !handedOver && !leftInPeace && !lateAnswer && !clientLeft && !done && !saidGoodbye && !afterFin && !stray)
            return null;
        ConnectionEnd? end = aborter ?? broken.Ends.FirstOrDefault();
        return new Verdict(this, broken)
            .For(0.7, clientLeft, "the client ended it", aborter?.Sent?.Reason ?? "", "tcp:tcp_send_reset")
            .For(0.8, done, "nothing was outstanding", aborter?.Sent?.Reason ?? "", "tcp:tcp_send_reset")
            .For(0.7, saidGoodbye, "the client had closed already", aborter?.Sent?.Reason ?? "", "tcp:tcp_send_reset")
            .For(0.8, afterFin, "reset after both sides were done", end is null ? "" : $"in {Phrases.State(end.State)}", "tcp:tcp_receive_reset")
            .For(0.7, lateAnswer, "the client had closed before the answer", "server in CLOSE_WAIT", "tcp:tcp_receive_reset")
            .For(0.7, leftInPeace, "nothing was outstanding", "reset by the client's program", "tcp:tcp_receive_reset")
            .For(0.7, handedOver, "closed between two requests by a process on its way out, while the service went on", broken.Server?.Sent?.Reason ?? "", "sched:sched_process_exit")
            .For(0.8, leftover, "a subflow left over of an MPTCP connection that was closed", MptcpSubflowReset.Reset(broken)?.Reason ?? "", "tcp:tcp_send_reset")
            .For(0.8, goodbye, "all that met the closed connection was a goodbye", "of TLS", "tcp_sock")
            .For(0.6, stray, "late segment of a closed connection", broken.ServerRefusal?.Reason ?? broken.ClientRefusal?.Reason ?? "", "tcp:tcp_send_reset")
            .Weighs(Severity.Info)
            .Blames(Fault.Unknown, toldByClient: byClient || lateAnswer || goodbye)
            .Tells("aborter", aborter is null ? lateAnswer || leftInPeace ? Phrases.Client(broken) : Phrases.Server(broken) : Phrases.End(broken, aborter))
            .Tells("other", aborter is null ? lateAnswer || leftInPeace ? Phrases.Server(broken) : Phrases.Client(broken) : Phrases.OtherEnd(broken, aborter))
            .Remedy("application", "leave-alone");
    }

    /// <summary>Whether the server had answered on this connection before, and the next request met its close: that one may be sent again (RFC 9110 section 9.3.1).</summary>
    private static bool IsBetweenRequests(Case broken) =>
        broken.Server is { Sent.Reason: "TCP_ABORT_ON_CLOSE", State: TcpState.Established, Sample.LastDataSent: not null }
        || broken.Client is { Received: not null, State: TcpState.CloseWait, Sample.LastDataReceived: not null };

    /// <summary>Whether a server was cut off in the middle: it had data under way, or owed an answer.</summary>
    private static bool Harmed(ConnectionEnd? server, ConnectionEnd client) =>
        server is { UndeliveredBytes: > 0 } or { HeardLast: true } || server is null && client.SpokeLast;

    private static bool IsAfterFin(ConnectionEnd end) =>
        end.State is TcpState.FinWait2 or TcpState.LastAck or TcpState.Closing or TcpState.TimeWait
        || end.State == TcpState.FinWait1 && end.UndeliveredBytes == 0;
}
