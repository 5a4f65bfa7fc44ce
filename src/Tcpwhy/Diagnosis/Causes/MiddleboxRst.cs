using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A box on the path ended a live connection with a reset of its own; the end in whose name it came knows nothing of it.</summary>
public sealed class MiddleboxRst : Cause
{
    private static readonly TimeSpan IdleAtLeast = TimeSpan.FromSeconds(1);

    public override string Id => "middlebox-rst";
    public override IReadOnlyList<string> YieldsTo => ["asymmetric-routing", "conntrack-idle-expiry", "lb-idle-rst", "half-open-peer-gone"];

    public override Verdict? Judge(Case broken, World world)
    {
        ConnectionEnd? hit = broken.Ends.FirstOrDefault(end => end is { Received: not null, Sent: null } && end.State is not TcpState.SynSent);
        if (hit is null)
            return null;
        bool client = ReferenceEquals(hit, broken.Client);
        ConnectionEnd? other = broken.Other(hit);
        if (other?.Sent is not null || (client ? broken.ServerRefusal : broken.ClientRefusal) is not null)
            return null;
        Segment? segment = hit.Received!.Segment;
        bool otherTtl = segment is { UsualTtl: > 0 } && segment.Ttl != segment.UsualTtl;
        Dropped? drop = broken.Drops.Find(dropped => dropped.Reason == "NETFILTER_DROP" && !dropped.Flags.HasFlag(TcpFlags.Syn) && dropped.Remote == hit.Local);
        ResetSent? afterwards = client ? broken.ClientRefusal : broken.ServerRefusal;
        bool both = broken.IsResetBetween;
        if (!otherTtl && drop is null && afterwards is null && !both)
            return null;
        // A box that had forgotten the connection resets it too.
        TimeSpan idle = hit.Sample is { LastAckReceived: { } heard, LastDataSent: { } sent } ? heard - sent : default;
        return new Verdict(this, broken)
            .For(0.9, drop is not null, "its data dropped by a packet filter", $"NETFILTER_DROP in netns {drop?.Netns}", "skb:kfree_skb")
            .For(0.7, otherTtl, "TTL of the reset", $"{segment?.Ttl}, usually {segment?.UsualTtl}", "cgroup_skb/ingress")
            .For(0.9, both, "both ends received a reset, and neither sent one", "yes", "tcp:tcp_receive_reset")
            .For(0.6, afterwards is not null, "the other end went on sending", "answered with a reset here", "tcp:tcp_send_reset")
            .For(0.4, segment is { LooksLikeProcess: false }, "the reset looks sent by", $"no process, TTL {segment?.Ttl}", "cgroup_skb/ingress")
            .Against(0.35, drop is null && idle >= IdleAtLeast, "idle before", Phrases.Duration(idle), "tcp_sock")
            .Weighs(Severity.Critical)
            .Blames(Fault.Path, toldByClient: client)
            .Tells("hit", Phrases.End(broken, hit))
            .Tells("other", Phrases.OtherEnd(broken, hit))
            .Remedy("firewall", "find-rule")
            .Remedy("network", "bypass")
            .Remedy("application", "keepalive")
            .SettleBy("other-end", drop is null);
    }
}
