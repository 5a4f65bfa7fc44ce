using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>One end signs its segments (TCP-MD5, TCP-AO) and the other does not, or with another key.</summary>
public sealed class Md5AoMismatch : Cause
{
    public override string Id => "md5-ao-mismatch";

    public override Verdict? Judge(Case broken, World world)
    {
        Dropped? drop = broken.Drops.Find(dropped => dropped.Reason.StartsWith("TCP_MD5", StringComparison.Ordinal) || dropped.Reason.StartsWith("TCP_AO", StringComparison.Ordinal) || dropped.Reason == "TCP_AUTH_HDR");
        if (drop is null || broken.Client is { State: not (TcpState.SynSent or TcpState.Established) })
            return null;
        int drops = broken.Drops.Count(dropped => dropped.Reason == drop.Reason);
        bool opening = drop.Flags.HasFlag(TcpFlags.Syn);
        TimeSpan waited = broken.Client?.Sample?.Age ?? broken.Last - broken.Start;
        return new Verdict(this, broken)
            .For(0.95, true, "signature missing or wrong", $"{drop.Reason}, {drops} times, in netns {drop.Netns}", "skb:kfree_skb")
            .For(0.4, opening && broken.Client?.Retransmission is not null, "SYN repeated, never answered", $"{(broken.Client?.Retransmission?.Attempt ?? 0) + 1} SYNs in {Phrases.Duration(waited)}", "tcp:tcp_retransmit_skb")
            .For(0.2, broken.Client is { Errno: not 0 }, "owner told", Kernel.Errno.Name(broken.Client?.Errno ?? 0), "sock:inet_sk_error_report")
            .Weighs(Severity.Critical)
            .Blames(Fault.Peer, toldByClient: broken.Client is not null)
            .Tells("reason", drop.Reason)
            .Remedy("network", "same-key")
            .Remedy("network", "nat-between");
    }
}
