using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The peer's host lost the connection without a word; the next segment finds nobody, and is answered with a reset.</summary>
public sealed class HalfOpenPeerGone : Cause
{
    public override string Id => "half-open-peer-gone";
    public override IReadOnlyList<string> YieldsTo => ["lb-failover-misroute", "k8s-conntrack-invalid-rst", "peer-rebooted-same-tuple", "lb-idle-rst", "process-crash", "netns-destroyed"];

    public override Verdict? Judge(Case broken, World world)
    {
        ConnectionEnd? hit = broken.Ends.FirstOrDefault(end => end is { Received: not null, Sent: null, State: TcpState.Established, Sample: { SinceFinReceived: null, BytesReceived: > 0 } });
        if (hit?.Sample is not { } sample || !hit.SpokeLast)
            return null;
        bool client = ReferenceEquals(hit, broken.Client);
        ResetSent? refusal = client ? broken.ServerRefusal : broken.ClientRefusal;
        ConnectionEnd? other = broken.Other(hit);
        if (other is { Sent: not null } or { Received: not null } || broken.Drops.Exists(drop => drop.Reason == "NETFILTER_DROP"))
            return null;
        Segment? segment = hit.Received!.Segment;
        // Without the other kernel: the form of the reset says that no process sent it, and the TTL that it came as far as the rest.
        bool absent = segment is { LooksLikeProcess: false } && segment.Ttl == segment.UsualTtl;
        if (refusal is not { Reason: "NO_SOCKET" or "TCP_FLAGS" or "NOT_SPECIFIED" } && !absent)
            return null;
        TimeSpan? idle = sample.LastDataReceived - sample.LastDataSent;
        return new Verdict(this, broken)
            .For(0.85, refusal is not null, "answered by a host that does not know it", $"reset, {refusal?.Reason}", "tcp:tcp_send_reset")
            .For(0.45, absent, "the reset looks sent by", $"no socket, TTL {segment?.Ttl} as usual", "cgroup_skb/ingress")
            .For(0.3, idle >= Reuse.IdleAtLeast, "idle before", Phrases.Duration(idle ?? default), "tcp_sock")
            .For(0.3, true, "no FIN was ever received", "in ESTABLISHED", "tcp:tcp_receive_reset")
            .Against(0.35, refusal is null, "what the other host knows of it", "not seen", "tcp:tcp_send_reset")
            .Weighs(Severity.Critical)
            .Blames(Fault.Host, toldByClient: client)
            .Tells("hit", Phrases.End(broken, hit))
            .Tells("gone", Phrases.OtherEnd(broken, hit))
            .Tells("idle", idle is { } time ? Phrases.Duration(time) : "?")
            .Remedy("network", "find-reboot")
            .Remedy("application", "keepalive")
            .Remedy("load-balancer", "affinity")
            .SettleBy("other-end", refusal is null);
    }
}
