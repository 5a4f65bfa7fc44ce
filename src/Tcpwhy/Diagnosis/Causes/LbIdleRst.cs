using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A load balancer or NAT ends an idle connection with a reset: at its own limit, or when something is sent afterwards.</summary>
public sealed class LbIdleRst : Cause
{
    private static readonly TimeSpan IdleAtLeast = TimeSpan.FromMilliseconds(900);

    public override string Id => "lb-idle-rst";

    public override Verdict? Judge(Case broken, World world)
    {
        if (AtItsLimit(broken) is { } quiet)
            return Told(new Verdict(this, broken).For(0.9, true, "both ends received a reset, and neither sent one", "yes", "tcp:tcp_receive_reset"), broken.Client!, quiet);
        if (Forgotten.Of(broken) is not { ByReset: true } forgotten || forgotten.Idle < IdleAtLeast)
            return null;
        bool client = ReferenceEquals(forgotten.Hit, broken.Client);
        SocketFound? alive = client ? broken.LivingServer : broken.LivingClient;
        // Without an entry the address that it translates is its own: its kernel answers.
        ResetSent? own = client && broken.ServerRefusal is { } refusal && refusal.Local == forgotten.Hit.Remote && alive is not null && alive.Local != refusal.Local ? refusal : null;
        if (own is null && forgotten is not { Drop: not null, Looked: not null, Translated: true })
            return null;
        Segment? segment = forgotten.Hit.Received!.Segment;
        Verdict verdict = new Verdict(this, broken)
            .For(0.8, true, "translated on the way", $"{forgotten.Hit.Remote} stands for {alive?.Local}", "iter/task_file")
            .For(0.7, own is null, "no entry in connection tracking", $"netns {forgotten.Drop?.Netns}", "ctnetlink")
            .For(0.7, own is not null, "answered by the box itself", $"{own?.Local}, {own?.Reason}", "tcp:tcp_send_reset");
        return Told(verdict, forgotten.Hit, forgotten.Idle)
            .For(0.6, alive is not null, "the other end is still", "ESTABLISHED", "iter/task_file")
            .For(0.4, segment is { LooksLikeProcess: false }, "the reset looks sent by", $"no process, TTL {segment?.Ttl}", "cgroup_skb/ingress");
    }

    private static Verdict Told(Verdict verdict, ConnectionEnd hit, TimeSpan idle) => verdict
        .For(0.7, true, "idle before", Phrases.Duration(idle), "tcp_sock")
        .Weighs(Severity.Critical)
        .Blames(Fault.LoadBalancer, toldByClient: ReferenceEquals(hit, verdict.Case.Client))
        .Tells("hit", Phrases.End(verdict.Case, hit))
        .Tells("box", $"{verdict.Case.ServerEndpoint.Address}")
        .Tells("idle", Phrases.Duration(idle))
        .Remedy("application", "keepalive")
        .Remedy("application", "pool-idle")
        .Remedy("load-balancer", "idle-timeout");

    /// <summary>How long nobody had said anything when a box told both ends that it was over; null when that is not what happened. One that looks into segments acts on them at once.</summary>
    private static TimeSpan? AtItsLimit(Case broken)
    {
        if (!broken.IsResetBetween || broken.Ends.Any(end => end.UndeliveredBytes > 0) || broken.Client is not { Sample: { BytesAcked: > 1 } sample })
            return null;
        TimeSpan? idle = sample.LastDataSent < sample.LastDataReceived ? sample.LastDataSent : sample.LastDataReceived ?? sample.LastDataSent;
        return idle >= IdleAtLeast ? idle : null;
    }
}
