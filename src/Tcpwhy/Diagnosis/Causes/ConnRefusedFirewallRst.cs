using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A firewall answers the SYN with a reset of its own; the service never sees it.</summary>
public sealed class ConnRefusedFirewallRst : Cause
{
    public override string Id => "conn-refused-firewall-rst";

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Client is not { Received: not null, State: TcpState.SynSent } client || broken.ServerRefusal is not null)
            return null;
        Dropped? drop = broken.FilteredSyn;
        Segment? segment = client.Received.Segment;
        bool otherTtl = segment is { UsualTtl: > 0 } && segment.Ttl != segment.UsualTtl;
        Listening? listener = drop is null ? null : world.Listener(drop.Netns, broken.ServerEndpoint.Port);
        if (drop is null && !otherTtl)
            return null;
        return new Verdict(this, broken)
            .For(0.95, drop is not null, "SYN dropped by the packet filter", $"NETFILTER_DROP in netns {drop?.Netns}", "skb:kfree_skb")
            .For(0.6, true, "reset that no kernel here sent", segment is null ? "seen" : $"TTL {segment.Ttl}, IP id {segment.IpId}, window {segment.Window}", "tcp:tcp_receive_reset")
            .For(0.5, otherTtl, "TTL of the reset", $"{segment?.Ttl}, usually {segment?.UsualTtl}", "cgroup_skb/ingress")
            .For(0.1, listener is not null, "somebody does listen", $"{listener?.Local}", "inet_diag")
            .Weighs(Severity.Critical)
            .Blames(Fault.Path, toldByClient: true)
            .Remedy("firewall", "find-rule")
            .Remedy("firewall", "allow-rule")
            .Remedy("load-balancer", "healthy-backend")
            .SettleBy("other-end", drop is null);
    }
}
