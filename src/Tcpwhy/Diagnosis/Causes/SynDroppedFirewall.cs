using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>SYNs vanish in a packet filter: the client repeats them until it gives up.</summary>
public sealed class SynDroppedFirewall : Cause
{
    public override string Id => "syn-dropped-firewall";
    public override IReadOnlyList<string> YieldsTo => ["snat-port-collision", "syn-queue-overflow-drop", "backlog-too-small", "accept-queue-overflow-drop", "conn-rejected-icmp", "host-unreachable-neigh", "rp-filter-drop", "md5-ao-mismatch", "bpf-policy-drop", "conntrack-table-full", "asymmetric-routing", "dns-dead-backend"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Client is not { State: TcpState.SynSent, Received: null, Sample: { } sample } client || broken.QueueFull is not null)
            return null;
        int repeated = Math.Max(client.Retransmission?.Attempt ?? 0, sample.RetransmitsTotal);
        Dropped? drop = broken.Drops.Find(dropped => dropped.Reason == "NETFILTER_DROP");
        Dropped? otherDrop = broken.Drops.Find(dropped => dropped.Reason != "NETFILTER_DROP");
        bool answered = broken.SynAck is not null || broken.Server is not null;
        TimeSpan waited = sample.Age ?? broken.Last - broken.Start;
        // Who leaves before a SYN is due again has waited in vain for the filter, or was told.
        if (repeated == 0 && (drop is null || client.Errno != 0 || waited < ConnRejectedIcmp.HandedOver))
            return null;
        // Without a drop that we saw, one repeated SYN may be plain loss, and the client gave up early.
        if (drop is null && repeated < 2 && client.Errno == 0)
            return null;
        return new Verdict(this, broken)
            .For(0.95, drop is not null, "segment dropped by the packet filter", drop is null ? "" : $"{Phrases.Flags(drop.Flags)} in netns {drop.Netns}", "skb:kfree_skb")
            .For(0.45, repeated > 0, "SYN repeated, never answered", $"{repeated + 1} SYNs in {Phrases.Duration(waited)}", "tcp:tcp_retransmit_skb")
            .For(0.2, client.Errno != 0, "owner told", Kernel.Errno.Name(client.Errno), "sock:inet_sk_error_report")
            .Against(0.7, drop is null && otherDrop is not null, "dropped for another reason", otherDrop?.Reason ?? "", "skb:kfree_skb")
            .Against(0.6, drop is null && answered, "the service did answer", "SYN-ACK repeated", "tcp:tcp_retransmit_synack")
            .Weighs(Severity.Critical)
            .Blames(Fault.Path, toldByClient: true)
            .Tells("attempts", $"{repeated + 1}")
            .Tells("waited", Phrases.Duration(waited))
            .Remedy("firewall", "open-rule")
            .Remedy("application", "connect-timeout")
            .Remedy("firewall", "reject-instead")
            .SettleBy("other-end", drop is null);
    }
}
