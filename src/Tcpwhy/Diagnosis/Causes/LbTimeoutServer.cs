using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A proxy, or a service that calls another, cut off a request that the server was still working on: its own timeout was over.</summary>
public sealed class LbTimeoutServer : Cause
{
    public override string Id => "lb-timeout-server";
    public override IReadOnlyList<string> YieldsTo => ["process-crash", "admin-abort"];

    /// <summary>The end that left, when its process passes requests on.</summary>
    internal static ConnectionEnd? Proxy(Case broken, World world) =>
        broken.Client is { } client && (client.Sample is { Relay: true } || world.Proxies.Contains(client.Process, client.Netns)) ? client : null;

    public override Verdict? Judge(Case broken, World world)
    {
        if (GivenUp.Of(broken) is not { } left || Proxy(broken, world) is not { } proxy || world.Departures.IsPassedOn(proxy))
            return null;
        // A proxy that ends lets go of all that it waits for.
        if (proxy.Process is { } ending && world.ExitAfter(ending.Pid, proxy.Death?.Time ?? broken.Last) is not null)
            return null;
        int alike = world.Departures.Alike(broken, left.Waited, out bool most, out _);
        bool others = alike > 1 && most;
        string? comm = proxy.Process?.Comm;
        bool known = comm is not null && Proxies.MayBeProxy(comm);
        bool reset = proxy.Sent is not null;
        Verdict verdict = new Verdict(this, broken)
            .For(0.6, true, "a proxy left while its request was unanswered", $"after {Phrases.Duration(left.Waited)}", "tcp_sock")
            .For(0.5, left.IsRound, "a round time, as people write it", Phrases.Duration(left.Waited), "tcp_sock")
            .For(0.5, others, "others left after the same time", $"{alike - 1}", "tcp_sock")
            .For(0.3, known, "a load balancer by its name", comm ?? "", "task_struct")
            .For(0.2, reset, "reset sent", proxy.Sent?.Reason ?? "", "tcp:tcp_send_reset")
            .Weighs(left.IsRound || others ? Severity.Critical : Severity.Warning)
            .Blames(Fault.LoadBalancer, toldByClient: true)
            .Tells("waited", Phrases.Duration(left.Waited));
        if (comm is not "nginx")
            verdict.Remedy("load-balancer", "haproxy", "timeout server", Phrases.Duration(left.Waited));
        if (comm is not "haproxy")
            verdict.Remedy("load-balancer", "nginx", "proxy_read_timeout", Phrases.Duration(left.Waited));
        return verdict
            .Remedy("application", "faster")
            .Remedy("application", "own-timeout");
    }
}
