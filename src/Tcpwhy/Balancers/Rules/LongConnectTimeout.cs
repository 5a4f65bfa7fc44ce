using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>A dead backend holds each request for long before another one is tried.</summary>
internal sealed class LongConnectTimeout : Rule
{
    public override string Id => "long-connect-timeout";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "syn-dropped-firewall";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection back in chain.Haproxy?.Backs ?? [])
        {
            if (back.Timeout("connect") is { } line && line.Time(2) is { } wait && wait > Longest && back.Servers.Any())
                yield return At(line, Holds(wait), Edit.Replace(line, "timeout connect 2s"));
        }
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective pass in nginx.Passes)
            {
                if (nginx.UpstreamOf(pass) is not { } upstream || upstream.Children!.Count(child => child.Name == "server") < 2)
                    continue;
                // nginx's own default is 60 s.
                NginxDirective? line = pass.Find("proxy_connect_timeout");
                if ((line is null ? TimeSpan.FromSeconds(60) : line.Time(0)) is { } wait && wait > Longest)
                    yield return At(line ?? pass, Holds(wait), line is null ? Edit.Add(pass.Parent!, "proxy_connect_timeout 2s;") : Edit.Replace(line, "proxy_connect_timeout 2s;"));
            }
        }
    }

    private static Phrase Holds(TimeSpan wait) => new("a backend that does not answer its SYN holds each request for {0} before another one is tried", Text(wait));
}
