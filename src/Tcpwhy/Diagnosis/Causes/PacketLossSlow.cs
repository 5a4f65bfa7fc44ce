using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A share of the segments is lost on the way: every loss costs a round trip or a timeout, and halves the rate.</summary>
public sealed class PacketLossSlow : Cause
{
    public override string Id => "packet-loss-slow";
    public override IReadOnlyList<string> YieldsTo =>
        ["local-queue-drop", "checksum-corruption", "paws-reject", "seq-desync", "retransmission-timeout", "user-timeout", "pmtu-blackhole", "bpf-policy-drop", "md5-ao-mismatch", "conntrack-table-full", "tcp-memory-pressure", "tcp-backlog-drop", "asymmetric-routing"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (Loss.Of(broken) is not { } loss)
            return null;
        Dropped? drop = broken.Drops.Find(dropped => dropped.Reason != "TCP_RESET");
        int drops = drop is null ? 0 : broken.Drops.Count(dropped => dropped.Reason == drop.Reason);
        bool client = ReferenceEquals(loss.Sender, broken.Client);
        TcpSample sample = loss.Look.Sample!;
        return loss.Weigh(new Verdict(this, broken))
            .For(0.5, drop is not null, "dropped on this host", drop is null ? "" : $"{drop.Reason}, {drops} times, in netns {drop.Netns}", "skb:kfree_skb")
            .For(0.3, loss.Look.Transfer.AfterTimeout > 0, "waited for a timeout", $"{loss.Look.Transfer.AfterTimeout} times, {Phrases.Duration(TimeSpan.FromMicroseconds(sample.RetransmitTimeoutMicroseconds))} or more each", "tcp:tcp_retransmit_skb")
            .For(0.3, loss.Share >= 0.04, "far more than congestion control needs", loss.Percent, "tcp_sock")
            .Against(0.3, drop is null, "where it was lost", "not seen", "skb:kfree_skb")
            .Weighs(Severity.Warning)
            .Blames(Fault.Path, toldByClient: client)
            .Tells("sender", Phrases.End(broken, loss.Sender))
            .Tells("receiver", Phrases.OtherEnd(broken, loss.Sender))
            .Tells("share", loss.Percent)
            .Tells("again", Phrases.Bytes(loss.Again))
            .Remedy("network", "find-hop")
            .Remedy("network", "find-policer")
            .Remedy("application", "hedge")
            .SettleBy("other-end", drop is null);
    }
}
