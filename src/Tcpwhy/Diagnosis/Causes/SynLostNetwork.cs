using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The first SYN, or its answer, was lost: the handshake came through when it was repeated, a second or more later.</summary>
public sealed class SynLostNetwork : Cause
{
    public override string Id => "syn-lost-network";
    public override IReadOnlyList<string> YieldsTo => ["accept-queue-overflow-drop", "backlog-too-small", "syn-queue-overflow-drop", "syn-cookies-active", "snat-port-collision", "tfo-blackhole", "defer-accept-stall", "conntrack-table-full", "asymmetric-routing"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Client is not { CameThrough.Sample: { } sample, Death: null, Received: null, Sent: null })
            return null;
        Dropped? drop = broken.Drops.Find(dropped => dropped.Flags.HasFlag(TcpFlags.Syn));
        bool answer = drop is { } lost ? lost.Flags.HasFlag(TcpFlags.Ack) : broken.SynAck is not null;
        bool seen = drop is not null || broken.SynAck is not null;
        TimeSpan waited = sample.Age ?? TimeSpan.FromSeconds(sample.RetransmitsTotal);
        return new Verdict(this, broken)
            .For(0.6, true, "came through when it was repeated", $"after {Phrases.Duration(waited)}, {sample.RetransmitsTotal + 1} SYNs", "sock:inet_sock_set_state")
            .For(0.8, drop is not null, "segment lost on this host", drop is null ? "" : $"{Phrases.Flags(drop.Flags)}, {drop.Reason} in netns {drop.Netns}", "skb:kfree_skb")
            .For(0.5, drop is null && answer, "SYN-ACK repeated", "the client had not received it", "tcp:tcp_retransmit_synack")
            .Against(0.2, !seen, "where the SYN was lost", "not seen", "skb:kfree_skb")
            .Weighs(Severity.Warning)
            .Blames(Fault.Path, toldByClient: true)
            .Tells("lost", answer ? "SYN-ACK" : "SYN")
            .Tells("waited", Phrases.Duration(waited))
            .Remedy("network", "find-loss")
            .Remedy("application", "hedge")
            .Remedy("load-balancer", "reuse")
            .SettleBy("other-end", !seen);
    }
}
