using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Keep-alive probes of an idle connection stayed without an answer: the peer or the path is dead.</summary>
public sealed class KeepaliveTimeoutDeadPeer : Cause
{
    private const int ETIMEDOUT = 110;

    public override string Id => "keepalive-timeout-dead-peer";
    public override IReadOnlyList<string> YieldsTo => ["conntrack-idle-expiry", "nat-lb-idle-drop", "conntrack-table-full", "bpf-policy-drop", "md5-ao-mismatch", "paws-reject", "checksum-corruption", "seq-desync", "netns-destroyed"];

    public override Verdict? Judge(Case broken, World world)
    {
        ConnectionEnd? owner = broken.Ends.FirstOrDefault(end =>
            end.Sent is { Reason: "TCP_KEEPALIVE_TIMEOUT" }
            || end is { Errno: ETIMEDOUT, UndeliveredBytes: 0, Sample: { KeepAlive: true, ProbesUnanswered: > 0 } });
        if (owner?.Sample is not { } sample)
            return null;
        string probes = sample.KeepAliveProbes > 0 ? $"{sample.KeepAliveProbes} probes" : "probes";
        string settings = sample is { KeepAliveIdleSeconds: > 0, KeepAliveIntervalSeconds: > 0 }
            ? $"{sample.KeepAliveIdleSeconds} s idle, then {probes} {sample.KeepAliveIntervalSeconds} s apart"
            : $"{sample.ProbesUnanswered} unanswered probes";
        Dropped? drop = broken.Drops.Count > 0 ? broken.Drops[^1] : null;
        bool client = ReferenceEquals(owner, broken.Client);
        return new Verdict(this, broken)
            .For(0.95, owner.Sent is not null, "reset sent", "TCP_KEEPALIVE_TIMEOUT", "tcp:tcp_send_reset")
            .For(0.6, true, "probes without an answer", $"{sample.ProbesUnanswered}", "tcp_sock")
            .For(0.3, owner.Errno == ETIMEDOUT, "owner told", "ETIMEDOUT", "sock:inet_sk_error_report")
            .For(0.3, drop is not null, "segments of this connection dropped", drop is null ? "" : $"{drop.Reason} in netns {drop.Netns}", "skb:kfree_skb")
            .Weighs(Severity.Warning)
            .Blames(Fault.Peer, toldByClient: client)
            .Tells("settings", settings)
            .Tells("owner", Phrases.End(broken, owner))
            .Tells("dead", Phrases.OtherEnd(broken, owner))
            .Remedy("network", "find-peer")
            .Remedy("application", "keepalive-order")
            .Remedy("load-balancer", "drain")
            .SettleBy("other-end", drop is null);
    }
}
