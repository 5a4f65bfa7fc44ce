using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The reverse-path filter drops the SYN: the answer would leave by another interface than the one it came in by.</summary>
public sealed class RpFilterDrop : Cause
{
    public override string Id => "rp-filter-drop";

    public override Verdict? Judge(Case broken, World world)
    {
        Dropped? drop = broken.Drops.Find(dropped => dropped.Reason == "IP_RPFILTER");
        if (drop is null || broken.Client is { State: not (TcpState.SynSent or TcpState.Established) })
            return null;
        int drops = broken.Drops.Count(dropped => dropped.Reason == drop.Reason);
        bool opening = drop.Flags.HasFlag(TcpFlags.Syn);
        TimeSpan waited = broken.Client?.Sample?.Age ?? broken.Last - broken.Start;
        return new Verdict(this, broken)
            .For(0.95, true, "dropped by the reverse-path filter", $"{drop.Reason}, {drops} times, in netns {drop.Netns}", "skb:kfree_skb")
            .For(0.4, opening && broken.Client?.Retransmission is not null, "SYN repeated, never answered", $"{(broken.Client?.Retransmission?.Attempt ?? 0) + 1} SYNs in {Phrases.Duration(waited)}", "tcp:tcp_retransmit_skb")
            .For(0.2, broken.Client is { Errno: not 0 }, "owner told", Kernel.Errno.Name(broken.Client?.Errno ?? 0), "sock:inet_sk_error_report")
            .Weighs(Severity.Critical)
            .Blames(Fault.Host, toldByClient: broken.Client is not null)
            .Tells("reason", drop.Reason)
            .Tells("netns", $"{drop.Netns}")
            .Remedy("network", "symmetric-route")
            .Remedy("sysctl", "rp-filter-loose", "net.ipv4.conf.all.rp_filter", "1", "2");
    }
}
