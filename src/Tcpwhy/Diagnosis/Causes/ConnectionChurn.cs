using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A connection for each request: nothing breaks, and each request pays for a handshake.</summary>
public sealed class ConnectionChurn : Cause
{
    /// <summary>Below this nobody would feel the difference: health checks, scripts, dashboards.</summary>
    private const int AtLeast = 100, PerSecond = 5;

    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    public override string Id => "connection-churn";
    public override bool Breaks => false;

    public override Verdict? Judge(Case broken, World world)
    {
        // Checks say nothing, and are not asked to keep connections.
        if (broken.Flow is not { Closed: >= AtLeast } flow || flow.MedianLifetime >= Short || flow.BytesSent < flow.Closed || flow.BytesReceived < flow.Closed)
            return null;
        double rate = flow.Closed / Math.Max(flow.Span.TotalSeconds, 1);
        if (rate < PerSecond)
            return null;
        bool client = flow.Opener == Opener.Local;
        // What a proxy does for its own clients' sake is theirs; what it does beyond that is its configuration.
        bool proxy = client && broken.Relayed > 0 && flow.Closed >= 3 * broken.Relayed;
        string? comm = flow.Process?.Comm;
        Verdict verdict = new Verdict(this, broken)
            .For(0.7, true, "connections opened and closed", $"{Phrases.Bytes(flow.Closed)}, {rate:0} a second", "sock:inet_sock_set_state")
            .For(0.6, true, "median life", Phrases.Duration(flow.MedianLifetime), "sock:inet_sock_set_state")
            .For(0.4, true, "bytes each carried", $"{Phrases.Bytes(flow.BytesSent / flow.Closed)} sent, {Phrases.Bytes(flow.BytesReceived / flow.Closed)} received", "tcp_sock")
            .For(0.5, proxy, "connections of its own clients meanwhile", Phrases.Bytes(broken.Relayed), "sock:inet_sock_set_state")
            .Weighs(proxy ? Severity.Warning : Severity.Info)
            .Blames(proxy ? Fault.LoadBalancer : Fault.Client, toldByClient: client)
            .Tells("rate", $"{rate:0}")
            .Tells("life", Phrases.Duration(flow.MedianLifetime));
        if (comm is not "nginx")
            verdict.Remedy("load-balancer", "haproxy", "option http-keep-alive");
        if (comm is not "haproxy")
            verdict.Remedy("load-balancer", "nginx", "keepalive");
        return verdict.Remedy("application", "pool");
    }
}
