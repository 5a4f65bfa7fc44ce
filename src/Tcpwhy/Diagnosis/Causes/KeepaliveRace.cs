using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The server closes an idle connection at the moment when the client sends its next request.</summary>
public sealed class KeepaliveRace : Cause
{
    public override string Id => "keepalive-race";
    public override IReadOnlyList<string> YieldsTo => ["lb-timeout-client", "nginx-worker-connections", "proxy-protocol-mismatch"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (Reuse.Of(broken) is not { IsRace: true, Streams: false } reuse)
            return null;
        bool idle = reuse.Idle >= Reuse.IdleAtLeast;
        return new Verdict(this, broken)
            .For(0.7, reuse.Reason is not null, "request answered by", $"reset, {reuse.Reason}", "tcp:tcp_send_reset")
            .For(0.5, reuse.ClientSawFin == false, "request and FIN crossed", broken.Client?.Received is null ? "the FIN was not acknowledged" : "the client had not received the FIN", broken.Client?.Received is null ? "tcp:tcp_send_reset" : "tcp:tcp_receive_reset")
            .For(0.5, reuse.SinceClose is not null, "time from the close to the request", Phrases.Duration(reuse.SinceClose ?? default), "tcp_sock")
            .For(0.7, idle, "idle before", Phrases.Duration(reuse.Idle ?? default), "tcp_sock")
            .Against(0.3, reuse.Reason is null && broken.Client?.Attempt is not null, "why the server closed", "not seen", "tcp:tcp_send_reset")
            .Against(0.5, reuse.Idle is null, "idle before", "not known", "tcp_sock")
            .Against(0.9, reuse.Idle is not null && !idle, "not idle before", Phrases.Duration(reuse.Idle ?? default), "tcp_sock")
            .Learns(reuse.ClosedAfter, reuse.ClosedAfter is null ? null : reuse.Idle)
            .Weighs(Severity.Critical)
            .Blames(Fault.Server, toldByClient: broken.Client is not null)
            .Tells("idle", reuse.Idle is { } time ? Phrases.Duration(time) : "?")
            .Remedy("application", "keepalive-order")
            .Remedy("application", "pool-idle")
            .Remedy("load-balancer", "retry")
            .SettleBy("other-end", reuse.Reason is null);
    }
}
