using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A program in the kernel (socket filter, cgroup, tc, XDP, security module) drops the segments.</summary>
public sealed class BpfPolicyDrop : Cause
{
    private static readonly string[] Programs = ["SOCKET_FILTER", "BPF_CGROUP_EGRESS", "TC_INGRESS", "TC_EGRESS", "XDP", "SECURITY_HOOK", "XFRM_POLICY"];

    public override string Id => "bpf-policy-drop";

    public override Verdict? Judge(Case broken, World world)
    {
        Dropped? drop = broken.Drops.Find(dropped => Array.IndexOf(Programs, dropped.Reason) >= 0);
        if (drop is null || broken.Client is { State: not (TcpState.SynSent or TcpState.Established) })
            return null;
        int drops = broken.Drops.Count(dropped => dropped.Reason == drop.Reason);
        bool opening = drop.Flags.HasFlag(TcpFlags.Syn);
        TimeSpan waited = broken.Client?.Sample?.Age ?? broken.Last - broken.Start;
        return new Verdict(this, broken)
            .For(0.95, true, "dropped by a program in the kernel", $"{drop.Reason}, {drops} times, in netns {drop.Netns}", "skb:kfree_skb")
            .For(0.4, opening && broken.Client?.Retransmission is not null, "SYN repeated, never answered", $"{(broken.Client?.Retransmission?.Attempt ?? 0) + 1} SYNs in {Phrases.Duration(waited)}", "tcp:tcp_retransmit_skb")
            .For(0.2, broken.Client is { Errno: not 0 }, "owner told", Kernel.Errno.Name(broken.Client?.Errno ?? 0), "sock:inet_sk_error_report")
            .Weighs(Severity.Critical)
            .Blames(Fault.Host, toldByClient: broken.Client is not null)
            .Tells("reason", drop.Reason)
            .Tells("netns", $"{drop.Netns}")
            .Remedy("firewall", "find-program")
            .Remedy("firewall", "allow-policy");
    }
}
