using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The client's pool hands out a connection whose FIN it received long ago.</summary>
public sealed class StaleConnReuse : Cause
{
    public override string Id => "stale-conn-reuse";
    public override IReadOnlyList<string> YieldsTo => ["lb-timeout-client", "nginx-worker-connections"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (Reuse.Of(broken) is not { IsRace: false } reuse)
            return null;
        return new Verdict(this, broken)
            .For(0.85, reuse.Reason is not null, "late request answered by", $"reset, {reuse.Reason}", "tcp:tcp_send_reset")
            .For(0.85, broken.Client is { State: TcpState.CloseWait }, "client wrote after the server's FIN", "in CLOSE_WAIT", "tcp:tcp_receive_reset")
            .For(0.6, reuse.SinceClose is not null, "time from the close to the write", Phrases.Duration(reuse.SinceClose ?? default), "tcp_sock")
            .Against(0.9, reuse.Idle < Reuse.IdleAtLeast, "not idle before", Phrases.Duration(reuse.Idle ?? default), "tcp_sock")
            .Learns(reuse.ClosedAfter, reuse.ClosedAfter is null ? null : reuse.Idle)
            .Weighs(Severity.Critical)
            .Blames(Fault.Client, toldByClient: broken.Client is not null)
            .Tells("since_close", reuse.SinceClose is { } since ? Phrases.Duration(since) : "?")
            .Remedy("application", "pool-idle")
            .Remedy("application", "check-before-reuse")
            .Remedy("application", "retry")
            .SettleBy("other-end", reuse.Reason is null);
    }
}
