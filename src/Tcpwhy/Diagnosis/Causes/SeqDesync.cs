using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The two ends no longer agree on sequence numbers: each takes the other's segments for foreign, usually since a box on the way rewrites numbers and forgot by how much.</summary>
public sealed class SeqDesync : Cause
{
    private static readonly string[] Foreign = ["TCP_INVALID_SEQUENCE", "TCP_INVALID_END_SEQUENCE", "TCP_ACK_UNSENT_DATA", "TCP_INVALID_ACK_SEQUENCE", "TCP_TOO_OLD_ACK"];

    public override string Id => "seq-desync";
    public override IReadOnlyList<string> YieldsTo => ["tcp-memory-pressure"];

    public override Verdict? Judge(Case broken, World world)
    {
        List<Dropped> drops = broken.Drops.FindAll(dropped => Array.IndexOf(Foreign, dropped.Reason) >= 0 && !dropped.Flags.HasFlag(TcpFlags.Rst) && !dropped.Flags.HasFlag(TcpFlags.Syn));
        ConnectionEnd? stuck = broken.Ends.FirstOrDefault(end => end is { Received: null } && end.UndeliveredBytes > 0
            && (end.Errno != 0 || end.Retransmission is { Attempt: >= 3 }));
        if (drops.Count < 2 || stuck?.Sample is not { } sample)
            return null;
        int repeats = Math.Max(sample.RetransmitsInARow, stuck.Retransmission?.Attempt ?? 0);
        string reasons = string.Join(", ", drops.GroupBy(dropped => dropped.Reason).Select(group => $"{group.Key} {group.Count()} times"));
        bool bothWays = drops.Select(dropped => dropped.Local).Distinct().Count() > 1;
        bool client = ReferenceEquals(stuck, broken.Client);
        return new Verdict(this, broken)
            .For(0.8, true, "dropped for sequence numbers that do not fit", reasons, "skb:kfree_skb")
            .For(0.4, repeats > 0, "same data sent again in a row", $"{repeats} times", "tcp:tcp_retransmit_skb")
            .For(0.4, bothWays, "in both directions", "yes", "skb:kfree_skb")
            .For(0.3, stuck.Errno != 0, "owner told", Kernel.Errno.Name(stuck.Errno), "sock:inet_sk_error_report")
            .Weighs(Severity.Critical)
            .Blames(Fault.Path, toldByClient: client)
            .Tells("sender", Phrases.End(broken, stuck))
            .Tells("receiver", Phrases.OtherEnd(broken, stuck))
            .Tells("drops", $"{drops.Count}")
            .Remedy("network", "no-randomisation")
            .Remedy("network", "failover-state")
            .Remedy("application", "bound-wait")
            .SettleBy("capture");
    }
}
