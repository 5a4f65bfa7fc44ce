using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The reverse-path filter drops the SYN: the answer would leave by another interface than the one it came in by.</summary>
public sealed class RpFilterDrop : Cause
{
    public override string Id => "rp-filter-drop";

    public override Verdict? Judge(Case broken, World world)
    {
        if (DroppedSegments.Of(broken, dropped => dropped.Reason == "IP_RPFILTER") is not { } drops)
            return null;
        return drops.Unanswered(new Verdict(this, broken)
                .For(0.95, true, "dropped by the reverse-path filter", drops.Told, "skb:kfree_skb"))
            .Weighs(Severity.Critical)
            .Blames(Fault.Host, toldByClient: broken.Client is not null)
            .Tells("reason", drops.First.Reason)
            .Tells("netns", $"{drops.First.Netns}")
            .Remedy("network", "symmetric-route")
            .Remedy("sysctl", "rp-filter-loose", "net.ipv4.conf.all.rp_filter", "1", "2");
    }
}
