using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>Retries multiply the load of servers that are already too slow.</summary>
internal sealed class UnboundedRetries : Rule
{
    public override string Id => "unbounded-retries";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "accept-queue-overflow-drop";

    private const int MostRetries = 5;

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection section in chain.Haproxy?.Sections ?? [])
        {
            foreach (HaproxyLine line in section.Lines)
            {
                if (line[0] == "retries" && line.Count(1) is { } number and > MostRetries)
                    yield return At(line, new Phrase("each request may be tried {0} times: when servers are slow, retries multiply their load", $"{number + 1}"), Edit.Replace(line, "retries 3"));
            }
        }
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective pass in nginx.Passes)
            {
                int servers = nginx.UpstreamOf(pass)?.Children!.Count(child => child.Name == "server") ?? 0;
                if (servers < 3 || pass.Find("proxy_next_upstream")?[0] == "off" || Limited(pass, "proxy_next_upstream_tries") || Limited(pass, "proxy_next_upstream_timeout"))
                    continue;
                yield return At(pass, new Phrase("each request may be tried on all {0} servers, without limit of time: when they are slow, retries multiply their load", $"{servers}"),
                    Edit.Add(pass.Parent!, "proxy_next_upstream_tries 2;"), Edit.Add(pass.Parent!, "proxy_next_upstream_timeout 5s;"));
            }
        }
    }

    private static bool Limited(NginxDirective pass, string name) => pass.Find(name) is { } line && line[0] != "0";
}
