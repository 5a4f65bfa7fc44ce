using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The two ends no longer agree on sequence numbers: each takes the other's segments for foreign, usually since a box on the way rewrites numbers and forgot by how much.</summary>
public sealed class SeqDesync : Cause
{
    private static readonly string[] Foreign = ["TCP_INVALID_SEQUENCE", "TCP_INVALID_END_SEQUENCE", "TCP_ACK_UNSENT_DATA", "TCP_INVALID_ACK_SEQUENCE", "TCP_TOO_OLD_ACK"];

    /// <summary>A late segment or two are answered so as well, and that is the end of it.</summary>
    private const int LeastOfLoop = 8;
    private static readonly TimeSpan ShortestLoop = TimeSpan.FromSeconds(2);

    public override string Id => "seq-desync";
    public override IReadOnlyList<string> YieldsTo => ["tcp-memory-pressure"];

    public override Verdict? Judge(Case broken, World world)
    {
        List<Dropped> drops = broken.Drops.FindAll(IsForeign);
        ConnectionEnd? stuck = broken.Ends.FirstOrDefault(end => end is { Received: null } && (end.UndeliveredBytes > 0 || end.Sent is { Reason: "TCP_KEEPALIVE_TIMEOUT" })
            && (end.Errno != 0 || end.Retransmission is { Attempt: >= 3 }));
        TimeSpan loop = Loop(broken);
        if (drops.Count < 2 || stuck?.Sample is null && loop == TimeSpan.Zero)
            return null;
        int repeats = Math.Max(stuck?.Sample?.RetransmitsInARow ?? 0, stuck?.Retransmission?.Attempt ?? 0);
        string reasons = string.Join(", ", drops.GroupBy(dropped => dropped.Reason).Select(group => $"{group.Key} {group.Count()} times"));
        bool bothWays = drops.Select(dropped => dropped.Local).Distinct().Count() > 1;
        bool client = stuck is null || ReferenceEquals(stuck, broken.Client);
        int errno = stuck?.Errno ?? 0;
        return new Verdict(this, broken)
            .For(0.8, true, "dropped for sequence numbers that do not fit", reasons, "skb:kfree_skb")
            .For(0.4, repeats > 0, "same data sent again in a row", $"{repeats} times", "tcp:tcp_retransmit_skb")
            .For(0.4, bothWays, "in both directions", "yes", "skb:kfree_skb")
            .For(0.4, loop > TimeSpan.Zero, "the ends answer each other's acknowledgements, and no data moves, for", Phrases.Duration(loop), "skb:kfree_skb")
            .For(0.3, errno != 0, "owner told", Kernel.Errno.Name(errno), "sock:inet_sk_error_report")
            .Weighs(stuck is not null ? Severity.Critical : Severity.Warning)
            .Blames(Fault.Path, toldByClient: client)
            .Tells("sender", client ? Phrases.Client(broken) : Phrases.Server(broken))
            .Tells("receiver", client ? Phrases.Server(broken) : Phrases.Client(broken))
            .Tells("drops", $"{drops.Count}")
            .Remedy("network", "no-randomisation")
            .Remedy("network", "failover-state")
            .Remedy("application", "bound-wait")
            .SettleBy("capture");
    }

    /// <summary>Whether a segment was dropped since its numbers are foreign to the receiver.</summary>
    private static bool IsForeign(Dropped dropped) =>
        Array.IndexOf(Foreign, dropped.Reason) >= 0 && !dropped.Flags.HasFlag(TcpFlags.Rst) && !dropped.Flags.HasFlag(TcpFlags.Syn);

    /// <summary>How long bare acknowledgements have been going to and fro, each dropped and answered with another; zero when they do not.</summary>
    internal static TimeSpan Loop(Case broken)
    {
        // Asked of every case that ends, and hardly one has so many.
        if (broken.Drops.Count < LeastOfLoop)
            return TimeSpan.Zero;
        List<Dropped> bare = broken.Drops.FindAll(dropped => dropped.Flags == TcpFlags.Ack && IsForeign(dropped));
        // Of a fast loop only the first drops are kept.
        DateTimeOffset last = broken.Drops.Count < Case.MostDrops ? bare.LastOrDefault()?.Time ?? default : broken.Last;
        TimeSpan lasts = bare.Count > 0 ? last - bare[0].Time : TimeSpan.Zero;
        return bare.Count >= LeastOfLoop && lasts >= ShortestLoop && bare.Select(dropped => dropped.Local).Distinct().Count() > 1 ? lasts : TimeSpan.Zero;
    }
}
