using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A program in the kernel (socket filter, cgroup, tc, XDP, security module) drops the segments.</summary>
public sealed class BpfPolicyDrop : Cause
{
    private static readonly string[] Programs = ["SOCKET_FILTER", "BPF_CGROUP_EGRESS", "TC_INGRESS", "TC_EGRESS", "XDP", "SECURITY_HOOK", "XFRM_POLICY"];

    public override string Id => "bpf-policy-drop";

    public override Verdict? Judge(Case broken, World world)
    {
        if (DroppedSegments.Of(broken, dropped => Array.IndexOf(Programs, dropped.Reason) >= 0) is not { } drops)
            return null;
        return drops.Unanswered(new Verdict(this, broken)
                .For(0.95, true, "dropped by a program in the kernel", drops.Told, "skb:kfree_skb"))
            .Weighs(Severity.Critical)
            .Blames(Fault.Host, toldByClient: broken.Client is not null)
            .Tells("reason", drops.First.Reason)
            .Tells("netns", $"{drops.First.Netns}")
            .Remedy("firewall", "find-program")
            .Remedy("firewall", "allow-policy");
    }
}
