using Tcpwhy.Balancers.Reading;

namespace Tcpwhy.Balancers;

/// <summary>All that is known of the way of a request: client, what stands in front, load balancers, servers, kernel.</summary>
public sealed record Chain
{
    /// <summary>How long clients' pools keep an idle connection, or null when nobody said.</summary>
    public TimeSpan? ClientIdle { get; init; }

    /// <summary>What the load balancers of the files have before them. Clients whose time is known are a front of their own.</summary>
    public Front Front { get; init; } = Front.Known[0];

    public HaproxySetup? Haproxy { get; init; }

    public IReadOnlyList<NginxSetup> Nginx { get; init; } = [];

    public SysctlSetup? Kernel { get; init; }

    public IReadOnlyList<KnownServer> Servers { get; init; } = [];

    /// <summary>The version of nginx that reads the files.</summary>
    public ProgramVersion NginxVersion { get; init; } = new(1, 22, 1);

    /// <summary>The server in an upstream or backend that closes idle connections first, or null when none is known.</summary>
    public KnownServer? ServerOf(string backend)
    {
        KnownServer? first = null;
        foreach (KnownServer server in Servers)
        {
            if ((server.Of is null || server.Of == backend) && (first is null || server.KeepAlive < first.KeepAlive))
                first = server;
        }
        return first;
    }

    /// <summary>Silence after which the kernel probes a connection whose program asked for it without saying when.</summary>
    public TimeSpan KernelProbe => TimeSpan.FromSeconds(Kernel?.Number("net.ipv4.tcp_keepalive_time") ?? 7200);

    /// <summary>How long HAProxy keeps an idle HTTP connection of a client: http-keep-alive, else http-request, else client. Null when none is set.</summary>
    public static HaproxyLine? ClientKeepAlive(HaproxySection front) => front.Timeout("http-keep-alive") ?? front.Timeout("http-request") ?? front.Timeout("client");

    /// <summary>Silence after which HAProxy's connections are probed on the client side (clitcpka) or the server side (srvtcpka); null for never.</summary>
    public TimeSpan? Probe(HaproxySection section, string side) =>
        section.Find("option", side) is null && section.Find("option", "tcpka") is null ? null
        : section.Find($"{side}-idle")?.Time(1) ?? KernelProbe;

    /// <summary>Silence after which nginx's connections from clients are probed; null for never.</summary>
    public TimeSpan? Probe(NginxDirective server)
    {
        TimeSpan? latest = null;
        foreach (NginxDirective listen in server.Children!.Where(child => child.Name == "listen"))
        {
            string? asked = listen.Arguments.Select(word => word.Text).FirstOrDefault(word => word.StartsWith("so_keepalive=", StringComparison.Ordinal))?["so_keepalive=".Length..];
            if (asked is null or "off")
                return null;
            string idle = asked == "on" ? "" : asked.Split(':')[0];
            var one = new NginxDirective(listen.File, [new Word("so_keepalive", listen.Start, listen.End), new Word(idle, listen.Start, listen.End)], null);
            TimeSpan silence = idle.Length == 0 ? KernelProbe : one.Time(0) ?? KernelProbe;
            latest = latest is { } other && other > silence ? other : silence;
        }
        return latest;
    }
}
