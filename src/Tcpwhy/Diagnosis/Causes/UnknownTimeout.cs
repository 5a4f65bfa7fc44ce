using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A connection or attempt that timed out for a reason that no rule explains.</summary>
public sealed class UnknownTimeout : Cause
{
    public override string Id => "unknown-timeout";

    public override Verdict? Judge(Case broken, World world)
    {
        ConnectionEnd? owner = broken.Ends.FirstOrDefault(end => end is { Received: null, Sent: null } && (end.Errno is 110 or 113 or 101 || end is { State: TcpState.SynSent, Sample.RetransmitsTotal: > 0 }));
        if (owner is null)
            return null;
        TimeSpan waited = owner.Sample?.Age ?? broken.Last - broken.Start;
        Dropped? drop = broken.Drops.Count > 0 ? broken.Drops[^1] : null;
        return new Verdict(this, broken)
            .For(0.1, owner.Errno != 0, "owner told", Kernel.Errno.Name(owner.Errno), "sock:inet_sk_error_report")
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
