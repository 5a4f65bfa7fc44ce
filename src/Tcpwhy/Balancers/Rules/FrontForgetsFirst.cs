using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>What stands in front forgets silent connections before the load balancer closes or probes them.</summary>
internal sealed class FrontForgetsFirst : Rule
{
    public override string Id => "front-forgets-first";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "nat-lb-idle-drop";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        if (chain.Front is not { Kind: FrontKind.Tracks, Idle: { } idle })
            yield break;
        foreach (HaproxySection front in chain.Haproxy?.Fronts ?? [])
        {
            HaproxyLine? line = front.IsHttp ? Chain.ClientKeepAlive(front) : front.Timeout("client");
            TimeSpan? probe = chain.Probe(front, "clitcpka");
            if (line?.Time(2) is { } ours && ours >= idle && !(probe < idle))
            {
                yield return At(line, Forgets(chain.Front, idle, "HAProxy", ours),
                    Edit.Add(front, $"clitcpka-idle {Text(Before(idle))}"), Edit.Add(front, "option clitcpka"));
            }
        }
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective server in nginx.Servers)
            {
                NginxDirective? line = server.Find("keepalive_timeout");
                TimeSpan? ours = line is null ? NginxSetup.UsualKeepAlive : line.Time(0);
                if (ours is { } kept && kept >= idle && !(chain.Probe(server) < idle))
                {
                    string right = $"keepalive_timeout {Text(TimeoutPlan.ClientIdle(chain.Front))};";
                    yield return At(line ?? server, Forgets(chain.Front, idle, "nginx", kept), line is null ? Edit.Add(server, right) : Edit.Replace(line, right));
                }
            }
        }
    }

    private static TimeSpan Before(TimeSpan idle) => TimeSpan.FromSeconds(Math.Min(60, Math.Max(1, Math.Floor(idle.TotalSeconds / 3))));

    private static Phrase Forgets(Front front, TimeSpan idle, string program, TimeSpan ours) =>
        new("{0} forgets a silent connection after {1}, and {2} keeps it for {3} without a probe: what is sent then goes nowhere", front.Name, Text(idle), program, Text(ours));
}
