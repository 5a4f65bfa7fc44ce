using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>One end signs its segments (TCP-MD5, TCP-AO) and the other does not, or with another key.</summary>
public sealed class Md5AoMismatch : Cause
{
    public override string Id => "md5-ao-mismatch";

    public override Verdict? Judge(Case broken, World world)
    {
        if (DroppedSegments.Of(broken, dropped => dropped.Reason.StartsWith("TCP_MD5", StringComparison.Ordinal) || dropped.Reason.StartsWith("TCP_AO", StringComparison.Ordinal) || dropped.Reason == "TCP_AUTH_HDR") is not { } drops)
            return null;
        return drops.Unanswered(new Verdict(this, broken)
                .For(0.95, true, "signature missing or wrong", drops.Told, "skb:kfree_skb"))
            .Weighs(Severity.Critical)
            .Blames(Fault.Peer, toldByClient: broken.Client is not null)
            .Tells("reason", drops.First.Reason)
            .Remedy("network", "same-key")
            .Remedy("network", "nat-between");
    }
}
