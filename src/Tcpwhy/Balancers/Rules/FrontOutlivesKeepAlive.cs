using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>What stands in front reuses connections longer than the load balancer keeps them.</summary>
internal sealed class FrontOutlivesKeepAlive : Rule
{
    public override string Id => "front-outlives-keepalive";

    public override Severity Severity => Severity.Critical;

    public override string? Cause => "keepalive-race";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        if (chain.Front is not { Kind: FrontKind.Pools, Idle: { } idle })
            yield break;
        string wanted = Text(TimeoutPlan.ClientIdle(chain.Front));
        foreach (HaproxySection front in chain.Haproxy?.Fronts ?? [])
        {
            if (!front.IsHttp || front.Find("option", "httpclose") is not null || Chain.ClientKeepAlive(front) is not { } line || line.Time(2) is not { } ours || ours > idle)
                continue;
            string right = $"timeout http-keep-alive {wanted}";
            yield return At(line, Meets(chain.Front, idle, "HAProxy", ours),
                line[1] == "http-keep-alive" ? Edit.Replace(line, right) : new Edit(line.File, line.File.EndOf(line.Number), 0, $"\n{line.File.IndentOf(line.Number)}{right}"));
        }
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective server in nginx.Servers)
            {
                NginxDirective? line = server.Find("keepalive_timeout");
                TimeSpan? ours = line is null ? NginxSetup.UsualKeepAlive : line.Time(0);
                if (ours is not { Ticks: > 0 } kept || kept > idle)
                    continue;
                string right = $"keepalive_timeout {wanted};";
                yield return At(line ?? server, Meets(chain.Front, idle, "nginx", kept), line is null ? Edit.Add(server, right) : Edit.Replace(line, right));
            }
        }
    }

    private static Phrase Meets(Front front, TimeSpan idle, string program, TimeSpan ours) =>
        new("{0} reuses connections that were idle up to {1}, and {2} closes them after {3}: requests meet the close (502)", front.Name, Text(idle), program, Text(ours));
}
