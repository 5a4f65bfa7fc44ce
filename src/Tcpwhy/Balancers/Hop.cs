using Tcpwhy.Balancers.Reading;

namespace Tcpwhy.Balancers;

/// <summary>One hop of the chain, and how long it keeps an idle connection.</summary>
/// <param name="Keeps">Null for without limit.</param>
/// <param name="File">Where it is set; null for a default or an option.</param>
public sealed record Hop(string Who, TimeSpan? Keeps, SourceFile? File, int Line)
{
    /// <summary>The hops from the client to the kernel.</summary>
    public static IReadOnlyList<Hop> Of(Chain chain)
    {
        List<Hop> hops = [];
        if (chain.ClientIdle is { } client && chain.Front.Word != "none")
            hops.Add(new Hop("clients", client, null, 0));
        if (chain.Front.Idle is { } idle)
            hops.Add(new Hop(chain.Front.Name, idle, null, 0));
        foreach (HaproxySection front in chain.Haproxy?.Fronts ?? [])
        {
            HaproxyLine? line = front.IsHttp ? Chain.ClientKeepAlive(front) : front.Timeout("client");
            hops.Add(new Hop($"HAProxy {front.Name}", line?.Time(2), line?.File, line?.Number ?? 0));
        }
        foreach (NginxSetup nginx in chain.Nginx)
        {
            HashSet<(string, int)> said = [];
            foreach (NginxDirective server in nginx.Servers)
            {
                NginxDirective? line = server.Find("keepalive_timeout");
                if (said.Add((line?.File.Path ?? "", line?.Start ?? 0)))
                    hops.Add(new Hop("nginx", line is null ? NginxSetup.UsualKeepAlive : line.Time(0), line?.File, line?.Line ?? 0));
            }
        }
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective upstream in nginx.Upstreams)
            {
                NginxDirective? line = upstream.Own("keepalive_timeout");
                bool pools = upstream.Own("keepalive") is not null || chain.NginxVersion.IsAtLeast(1, 29, 7);
                hops.Add(new Hop($"upstream {upstream[0]}", !pools ? TimeSpan.Zero : line is null ? NginxSetup.UsualPool : line.Time(0), (line ?? upstream).File, (line ?? upstream).Line));
            }
        }
        foreach (KnownServer server in chain.Servers)
            hops.Add(new Hop(server.Of is null ? server.Name : $"{server.Of}/{server.Name}", server.KeepAlive, null, 0));
        if (chain.Kernel?.Find("net.netfilter.nf_conntrack_tcp_timeout_established") is { } conntrack && chain.Kernel.Number(conntrack.Key) is { } seconds)
            hops.Add(new Hop("conntrack", TimeSpan.FromSeconds(seconds), conntrack.File, conntrack.File.LineOf(conntrack.Start)));
        return hops;
    }
}
