using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Nobody listens on the port: the service's kernel answers the SYN with a reset.</summary>
public sealed class ConnRefusedNoListener : Cause
{
    public override string Id => "conn-refused-no-listener";
    public override IReadOnlyList<string> YieldsTo => ["graceful-restart", "conn-refused-wrong-bind", "conn-refused-firewall-rst", "dns-dead-backend"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (Refusals.Of(broken) is not { } refusal)
            return null;
        Listening? elsewhere = refusal.Seen is null ? null : world.ListenersElsewhere(broken.ServerNetns, broken.ServerEndpoint.Port).FirstOrDefault();
        bool here = refusal.Seen is null && Refusals.IsHere(broken);
        Listening? listener = here ? world.Listener(Refusals.Netns(broken), broken.ServerEndpoint.Port) : null;
        return new Verdict(this, broken)
            .For(0.97, refusal.Seen is not null, "SYN answered by", $"reset, {refusal.Seen?.Reason}", "tcp:tcp_send_reset")
            .For(0.6, refusal.Seen is null, "SYN answered by", broken.Client?.Attempt is null ? "a reset from the peer" : "ECONNREFUSED", "tcp:tcp_receive_reset")
            .For(0.5, here && listener is null, "listeners on this port", "none", "inet_diag")
            .Against(0.7, listener is not null, "somebody does listen", $"{listener?.Local}", "inet_diag")
            .For(0.2, refusal.Seen is not null, "listeners on this port", "none", "inet_diag")
            .For(0.01, elsewhere is not null, "listener in another network namespace", elsewhere is null ? "" : $"{elsewhere.Local} ({elsewhere.Process?.Comm})", "inet_diag")
            .Against(0.3, refusal.Segment is { UsualTtl: > 0 } segment && segment.Ttl != segment.UsualTtl, "TTL of the reset", $"{refusal.Segment?.Ttl}, usually {refusal.Segment?.UsualTtl}", "cgroup_skb/ingress")
            .Weighs(Severity.Critical)
            .Blames(Fault.Server, toldByClient: broken.Client is not null)
            .Tells("port", $"{broken.ServerEndpoint.Port}")
            .Remedy("application", "start-service")
            .Remedy("application", "fix-address")
            .Remedy("load-balancer", "readiness")
            .Remedy("application", "retry")
            .SettleBy("other-end", refusal.Seen is null);
    }
}
