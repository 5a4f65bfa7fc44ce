using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>The load balancer waits longer for an answer than what stands in front does.</summary>
internal sealed class ResponseOutlivesFront : Rule
{
    public override string Id => "response-outlives-front";

    public override Severity Severity => Severity.Info;

    public override string? Cause => "lb-timeout-server";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        // Of these alone the idle timeout also limits the wait for an answer.
        if (chain.Front is not { Word: "alb" or "clb", Idle: { } idle })
            yield break;
        foreach (HaproxySection back in chain.Haproxy?.Backs ?? [])
        {
            if (back.IsHttp && back.Timeout("server") is { } line && line.Time(2) is { } ours && ours > idle)
                yield return At(line, Waits("HAProxy", ours, chain.Front, idle), Edit.Replace(line, $"timeout server {Text(idle)}"));
        }
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective pass in nginx.Passes)
            {
                bool upgrades = pass.FindAll("proxy_set_header").Any(header => header[0].Equals("Upgrade", StringComparison.OrdinalIgnoreCase));
                if (!upgrades && pass.Find("proxy_read_timeout") is { } line && line.Time(0) is { } ours && ours > idle)
                    yield return At(line, Waits("nginx", ours, chain.Front, idle), Edit.Replace(line, $"proxy_read_timeout {Text(idle)};"));
            }
        }
    }

    private static Phrase Waits(string program, TimeSpan ours, Front front, TimeSpan idle) =>
        new("{0} waits {1} for an answer, and {2} gives up after {3}: the work goes on for nobody (504)", program, Text(ours), front.Name, Text(idle));
}
