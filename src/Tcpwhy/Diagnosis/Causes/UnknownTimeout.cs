using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A connection or attempt that timed out for a reason that no rule explains.</summary>
public sealed class UnknownTimeout : Cause
{
    /// <summary>The shortest that people set, less what a clock may be early.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(0.9);

    public override string Id => "unknown-timeout";

    /// <summary>Whether an attempt of our own ended in silence, or was told that nobody is there.</summary>
    internal static bool IsSilence(AttemptFailed attempt) => attempt is { TimedOut: true } or { Errno: 110 or 113 or 101 };

    /// <summary>Whether a program's own patience with connect ran out: who tries two addresses at once drops the slower one sooner.</summary>
    private static bool IsConnectTimeout(ConnectionEnd end) => end is { State: TcpState.SynSent, Death.ByProcess: true } && end.Sample?.Age >= ConnectTimeout;

    public override Verdict? Judge(Case broken, World world)
    {
        ConnectionEnd? owner = broken.Ends.FirstOrDefault(end => end is { Received: null, Sent: null } && (end.Errno is 110 or 113 or 101 || end is { State: TcpState.SynSent, Sample.RetransmitsTotal: > 0 } || IsConnectTimeout(end)))
            ?? (broken.Client is { Received: null, Sent: null, Attempt: { } attempt } own && IsSilence(attempt) ? own : null);
        if (owner is null)
            return null;
        TimeSpan waited = owner.Sample?.Age ?? broken.Last - broken.Start;
        Dropped? drop = broken.Drops.Count > 0 ? broken.Drops[^1] : null;
        return new Verdict(this, broken)
            .For(0.1, owner.Errno != 0, "owner told", Kernel.Errno.Name(owner.Errno), "sock:inet_sk_error_report")
            .For(0.1, owner.Attempt is { TimedOut: true }, "our own patience ran out", "yes", "tcp_sock")
            .For(0.1, owner is { Attempt.TimedOut: true, State: TcpState.Established, UndeliveredBytes: 0, Sample.BytesAcked: > 1 }, "request acknowledged, not answered", "yes", "tcp_sock")
            .For(0.1, true, "state", Phrases.State(owner.State), "sock:inet_sock_set_state")
            .For(0.1, drop is not null, "segments of this connection dropped", $"{drop?.Reason}", "skb:kfree_skb")
            .Weighs(owner.Sample is { Orphaned: true } ? Severity.Info : Severity.Warning)
            .Blames(Fault.Unknown, toldByClient: ReferenceEquals(owner, broken.Client))
            .Tells("waited", Phrases.Duration(waited))
            .Remedy("application", "record")
            .Remedy("application", "bound-wait")
            .SettleBy("start-earlier", owner.Sample is { Opener: Opener.Unknown })
            .SettleBy("other-end", broken.Other(owner) is null);
    }
}
