using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A load balancer sent a live connection's segments to another backend, which knows nothing of it and resets.</summary>
public sealed class LbFailoverMisroute : Cause
{
    public override string Id => "lb-failover-misroute";
    public override IReadOnlyList<string> YieldsTo => ["lb-idle-rst"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Client is not { Received: not null, Sent: null, State: TcpState.Established, Sample: { BytesReceived: > 0 } } client
            || broken.ServerRefusal is not { Reason: "TCP_FLAGS" or "NO_SOCKET" or "NOT_SPECIFIED" } refusal || refusal.Answers.HasFlag(TcpFlags.Syn))
            return null;
        ConntrackLooked? translation = broken.Tracked.Find(looked => looked.IsTranslated && looked.Answerer == refusal.Local);
        SocketFound? first = broken.Alive.Find(found => found.Remote == client.Local && found.State == TcpState.Established && found.Local != refusal.Local);
        if (first is null)
            return null;
        return new Verdict(this, broken)
            .For(0.8, true, "answered by a backend that does not know it", $"{refusal.Local}, {refusal.Reason}", "tcp:tcp_send_reset")
            .For(0.9, true, "while another backend still has it", $"{first.Local}, ESTABLISHED", "iter/task_file")
            .For(0.5, translation is not null, "translated on the way", $"{client.Remote} stands for {refusal.Local}", "ctnetlink")
            .Weighs(Severity.Critical)
            .Blames(Fault.LoadBalancer, toldByClient: true)
            .Tells("first", first.Process is { } owner ? $"{Phrases.Process(owner)}, {first.Local}" : $"{first.Local}")
            .Tells("second", $"{refusal.Local}")
            .Remedy("load-balancer", "consistent-hash")
            .Remedy("load-balancer", "drain")
            .Remedy("network", "sync-tables")
            .Remedy("application", "retry");
    }
}
