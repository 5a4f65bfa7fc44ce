using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A stateful firewall forgot an idle connection, and drops or resets what is sent on it next.</summary>
public sealed class ConntrackIdleExpiry : Cause
{
    public override string Id => "conntrack-idle-expiry";
    public override IReadOnlyList<string> YieldsTo => ["nat-lb-idle-drop", "lb-idle-rst", "conntrack-table-full"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (Forgotten.Of(broken) is not { Drop: { } drop, IsExpired: true } forgotten)
            return null;
        bool client = ReferenceEquals(forgotten.Hit, broken.Client);
        SocketFound? alive = client ? broken.LivingServer : broken.LivingClient;
        int timeout = (int)forgotten.Looked!.IdleTimeout.TotalSeconds;
        return new Verdict(this, broken)
            .For(0.8, true, "no entry in connection tracking", $"netns {drop.Netns}", "ctnetlink")
            .For(0.8, true, "idle longer than connection tracking remembers", $"{Phrases.Duration(forgotten.Idle)}, {timeout} s allowed", "nf_conntrack_tcp_timeout_established")
            .For(0.6, true, "its data dropped by a packet filter", $"NETFILTER_DROP in netns {drop.Netns}", "skb:kfree_skb")
            .For(0.6, alive is not null, "the other end is still", "ESTABLISHED", "iter/task_file")
            .For(0.2, forgotten.ByReset, "and answered with a reset", "in the other end's name", "tcp:tcp_receive_reset")
            .Weighs(Severity.Critical)
            .Blames(Fault.Path, toldByClient: client)
            .Tells("hit", Phrases.End(broken, forgotten.Hit))
            .Tells("other", Phrases.OtherEnd(broken, forgotten.Hit))
            .Tells("idle", Phrases.Duration(forgotten.Idle))
            .Tells("timeout", $"{timeout}")
            .Tells("netns", $"{drop.Netns}")
            .Remedy("application", "keepalive", "TCP_KEEPIDLE", null, $"{Math.Max(timeout / 3, 1)}")
            .Remedy("application", "pool-idle")
            .Remedy("sysctl", "timeout", "net.netfilter.nf_conntrack_tcp_timeout_established", $"{timeout}", timeout < 86_400 ? "86400" : "432000")
            .Remedy("firewall", "reject");
    }
}
