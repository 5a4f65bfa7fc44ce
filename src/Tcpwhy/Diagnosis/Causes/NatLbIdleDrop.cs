using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A load balancer or NAT silently forgot an idle connection: what is sent on it next goes nowhere, while new connections work.</summary>
public sealed class NatLbIdleDrop : Cause
{
    /// <summary>Idle limits of boxes that drop in silence: AWS, Azure, GCP and IPVS have them by default.</summary>
    private static readonly int[] UsualSeconds = [240, 300, 350, 600, 900, 1200, 1800, 3600];

    /// <summary>Of a box that we do not see, what is idle for less tells nothing.</summary>
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(60);

    public override string Id => "nat-lb-idle-drop";
    public override IReadOnlyList<string> YieldsTo => ["conntrack-table-full", "netns-destroyed"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (Forgotten.Of(broken) is not { ByReset: false } forgotten)
            return null;
        bool seen = forgotten is { Drop: not null, Looked: not null, Translated: true } && forgotten.Idle >= Reuse.IdleAtLeast;
        bool elsewhere = broken.Drops.Count == 0 && forgotten.Idle >= Noticeable;
        if (!seen && !elsewhere)
            return null;
        bool client = ReferenceEquals(forgotten.Hit, broken.Client);
        SocketFound? alive = client ? broken.LivingServer : broken.LivingClient;
        int limit = Array.Find(UsualSeconds, usual => forgotten.Idle.TotalSeconds >= usual && forgotten.Idle.TotalSeconds < usual * 1.1);
        return new Verdict(this, broken)
            .For(0.8, seen, "translated on the way", $"{forgotten.Hit.Remote} stands for {alive?.Local}", "iter/task_file")
            .For(0.8, seen, "no entry in connection tracking", $"netns {forgotten.Drop?.Netns}", "ctnetlink")
            .For(0.6, forgotten.IsExpired, "idle longer than connection tracking remembers", $"{Phrases.Duration(forgotten.Idle)}, {forgotten.Looked?.IdleTimeout.TotalSeconds:0} s allowed", "nf_conntrack_tcp_timeout_established")
            .For(0.3, !seen, "idle before", Phrases.Duration(forgotten.Idle), "tcp_sock")
            .For(0.4, !seen && limit > 0, "just over a usual idle limit", $"{limit} s", "tcp_sock")
            .For(0.6, alive is not null, "the other end is still", "ESTABLISHED", "iter/task_file")
            .Weighs(Severity.Critical)
            .Blames(Fault.LoadBalancer, toldByClient: client)
            .Tells("hit", Phrases.End(broken, forgotten.Hit))
            .Tells("idle", Phrases.Duration(forgotten.Idle))
            .Remedy("application", "keepalive")
            .Remedy("application", "pool-idle")
            .Remedy("load-balancer", "idle-timeout")
            .Remedy("load-balancer", "reset-on-idle")
            .SettleBy("bracket", !seen);
    }
}
