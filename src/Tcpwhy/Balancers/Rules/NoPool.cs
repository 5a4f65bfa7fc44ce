using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>An upstream without keepalive: a connection for each request.</summary>
internal sealed class NoPool : Rule
{
    public override string Id => "no-pool";

    public override Severity Severity => Severity.Info;

    public override string? Cause => "connection-churn";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        if (chain.NginxVersion.IsAtLeast(1, 29, 7))
            yield break;
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective upstream in nginx.Upstreams)
            {
                if (upstream.Own("keepalive") is null && nginx.Passes.Any(pass => nginx.UpstreamOf(pass) == upstream))
                {
                    yield return At(upstream, new Phrase("upstream '{0}' keeps no connections: a handshake and a port in TIME_WAIT for each request", upstream[0]),
                        Edit.Add(upstream, "keepalive 64;"));
                }
            }
        }
    }
}
