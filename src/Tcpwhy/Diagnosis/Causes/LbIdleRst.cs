using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A load balancer or NAT ends an idle connection with a reset: at its own limit, or when something is sent afterwards.</summary>
public sealed class LbIdleRst : Cause
{
    private static readonly TimeSpan IdleAtLeast = TimeSpan.FromMilliseconds(900);

    public override string Id => "lb-idle-rst";

    public override Verdict? Judge(Case broken, World world)
    {
        if (Forgotten.Of(broken) is not { ByReset: true, Drop: { } drop, Looked: not null, Translated: true } forgotten || forgotten.Idle < IdleAtLeast)
            return null;
        bool client = ReferenceEquals(forgotten.Hit, broken.Client);
        SocketFound? alive = client ? broken.LivingServer : broken.LivingClient;
        Segment? segment = forgotten.Hit.Received!.Segment;
        return new Verdict(this, broken)
            .For(0.8, true, "translated on the way", $"{forgotten.Hit.Remote} stands for {alive?.Local}", "iter/task_file")
            .For(0.7, true, "no entry in connection tracking", $"netns {drop.Netns}", "ctnetlink")
            .For(0.7, true, "idle before", Phrases.Duration(forgotten.Idle), "tcp_sock")
            .For(0.6, alive is not null, "the other end is still", "ESTABLISHED", "iter/task_file")
            .For(0.4, segment is { LooksLikeProcess: false }, "the reset looks sent by", $"no process, TTL {segment?.Ttl}", "cgroup_skb/ingress")
            .Weighs(Severity.Critical)
            .Blames(Fault.LoadBalancer, toldByClient: client)
            .Tells("hit", Phrases.End(broken, forgotten.Hit))
            .Tells("box", $"{broken.ServerEndpoint.Address}")
            .Tells("idle", Phrases.Duration(forgotten.Idle))
            .Remedy("application", "keepalive")
            .Remedy("application", "pool-idle")
            .Remedy("load-balancer", "idle-timeout");
    }
}
