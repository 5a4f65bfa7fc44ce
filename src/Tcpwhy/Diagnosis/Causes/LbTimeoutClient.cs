using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A load balancer closed a client's idle connection, and the client used it once more.</summary>
public sealed class LbTimeoutClient : Cause
{
    public override string Id => "lb-timeout-client";
    public override IReadOnlyList<string> YieldsTo => ["process-crash", "nginx-worker-connections"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (Reuse.Of(broken) is not { } reuse || reuse.Idle < Reuse.IdleAtLeast || reuse.Idle is null && reuse.SinceClose is null)
            return null;
        ProcessInfo? proxy = world.Servant(broken);
        if (proxy is null || !world.Proxies.Contains(proxy, broken.ServerNetns))
            return null;
        // The client was idle until it wrote; the proxy closed before that.
        TimeSpan? limit = reuse.Idle - reuse.SinceClose;
        bool known = Proxies.IsProxy(proxy.Comm);
        Verdict verdict = new Verdict(this, broken)
            .For(0.6, true, "the one that closed passes requests on", Phrases.Process(proxy), "sock:inet_sock_set_state")
            .For(0.6, reuse.Reason is not null, "late request answered by", $"reset, {reuse.Reason}", "tcp:tcp_send_reset")
            .For(0.6, broken.Client is { State: TcpState.CloseWait }, "client wrote after the server's FIN", "in CLOSE_WAIT", "tcp:tcp_receive_reset")
            .For(0.5, reuse.Idle is not null, "idle before", Phrases.Duration(reuse.Idle ?? default), "tcp_sock")
            .For(0.6, known, "a load balancer by its name", proxy.Comm, "task_struct")
            .Weighs(Severity.Critical)
            .Blames(Fault.LoadBalancer, toldByClient: broken.Client is not null)
            .Tells("proxy", Phrases.Process(proxy))
            .Tells("limit", limit > TimeSpan.Zero ? Phrases.Duration(limit.Value) : "a while");
        if (proxy.Comm is not "nginx")
            verdict.Remedy("load-balancer", "haproxy", "timeout http-keep-alive");
        if (proxy.Comm is not "haproxy")
            verdict.Remedy("load-balancer", "nginx", "keepalive_timeout");
        return verdict
            .Remedy("application", "pool-idle")
            .Remedy("application", "retry");
    }
}
