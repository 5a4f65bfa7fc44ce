using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>The connection tracking of the kernel forgets connections that are still kept.</summary>
internal sealed class ConntrackForgetsFirst : Rule
{
    public override string Id => "conntrack-forgets-first";

    public override Severity Severity => Severity.Critical;

    public override string? Cause => "conntrack-idle-expiry";

    private const string Setting = "net.netfilter.nf_conntrack_tcp_timeout_established";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        if (chain.Kernel?.Find(Setting) is not { } line || chain.Kernel.Number(Setting) is not { } seconds)
            yield break;
        TimeSpan forgets = TimeSpan.FromSeconds(seconds);
        foreach ((string who, TimeSpan keeps, TimeSpan? probe) in Kept(chain))
        {
            if (keeps < forgets || probe < forgets)
                continue;
            yield return At(line, new Phrase("conntrack forgets a silent connection after {0}, and {1} keeps it for {2}: the next packet is dropped or reset", Text(forgets), who, Text(keeps)),
                Edit.Replace(line, $"{Setting} = {Math.Max(86400, (long)keeps.TotalSeconds * 2)}"));
            yield break;
        }
    }

    /// <summary>Who keeps connections silent for how long, and after what silence it probes them.</summary>
    private static IEnumerable<(string Who, TimeSpan Keeps, TimeSpan? Probe)> Kept(Chain chain)
    {
        foreach (HaproxySection section in chain.Haproxy?.Sections.Where(section => section.IsFront || section.IsBack) ?? [])
        {
            if (section.IsFront && (section.IsHttp ? Chain.ClientKeepAlive(section) : section.Timeout("client"))?.Time(2) is { } client)
                yield return ($"{section.Name}", client, chain.Probe(section, "clitcpka"));
            if (section.IsBack && section.Servers.Any() && (section.TimeoutValue("tunnel") ?? (section.IsHttp ? null : section.TimeoutValue("server"))) is { } tunnel)
                yield return ($"{section.Name}", tunnel, chain.Probe(section, "srvtcpka"));
        }
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective server in nginx.Servers)
            {
                if ((server.Find("keepalive_timeout") is { } kept ? kept.Time(0) : NginxSetup.UsualKeepAlive) is { } client)
                    yield return ("nginx", client, chain.Probe(server));
            }
        }
        foreach (KnownServer server in chain.Servers)
            yield return (server.Name, server.KeepAlive, null);
    }
}
