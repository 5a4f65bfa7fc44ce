using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A load balancer lets as many requests through as it may, and the others wait in its queue.</summary>
public sealed class LbMaxconnQueue : Cause
{
    public override string Id => "lb-maxconn-queue";

    public override Verdict? Judge(Case broken, World world)
    {
        // A service of its own may have other reasons to let a request wait.
        if (broken is not { Backlog: { Looks: >= 2 } backlog, Waiting: { Process: { } proxy } waiting } || !Proxies.MayBeProxy(proxy.Comm))
            return null;
        Verdict verdict = new Verdict(this, broken)
            .For(0.6, true, "requests that waited in the proxy", $"{waiting.Settled}", "inet_diag")
            .For(0.5, backlog.Constant, "at the servers meanwhile, always", $"{backlog.InUse}", "inet_diag")
            .For(0.3, backlog.Looks >= 3, "seen in so many looks", $"{backlog.Looks}", "inet_diag")
            .For(0.2, true, "the oldest since", Phrases.Duration(backlog.Oldest), "tcp_info")
            .Weighs(Severity.Warning)
            .Blames(Fault.LoadBalancer, toldByClient: false)
            .Tells("proxy", Phrases.Process(proxy))
            .Tells("waiting", $"{waiting.Settled}")
            .Tells("in_use", $"{backlog.InUse}")
            .Tells("back", $"{backlog.Server}")
            .Tells("oldest", Phrases.Duration(backlog.Oldest));
        return verdict
            .Remedy("load-balancer", "maxconn", "maxconn", $"{backlog.InUse}")
            .Remedy("load-balancer", "queue", "timeout queue", null, "10s")
            .Remedy("application", "faster")
            .SettleBy("stats");
    }
}
