using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>Requests that may not be done twice are sent twice.</summary>
internal sealed class UnsafeRetries : Rule
{
    public override string Id => "unsafe-retries";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => null;

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection back in chain.Haproxy?.Backs ?? [])
        {
            if (back.Find("retry-on") is not { } line || !(line.Has("all-retryable-errors") || line.Has("empty-response") || line.Has("response-timeout") || line.Has("junk-response")))
                continue;
            if (!back.Servers.Any() || back.Lines.Concat(back.Defaults?.Lines ?? []).Any(one => one.Says("http-request", "disable-l7-retry")))
                continue;
            yield return At(line, new Phrase("'retry-on {0}' sends a POST again that the server may have done already", string.Join(' ', line.Words.Skip(1).Select(word => word.Text))),
                Edit.Add(back, "http-request disable-l7-retry unless { method GET HEAD OPTIONS }"));
        }
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective line in nginx.Root.Within("proxy_next_upstream"))
            {
                if (line.Arguments.Any(word => word.Text == "non_idempotent"))
                {
                    yield return At(line, new Phrase("'{0}' sends a POST again that the server may have done already", "proxy_next_upstream non_idempotent"),
                        Edit.Replace(line, $"proxy_next_upstream {string.Join(' ', line.Arguments.Select(word => word.Text).Where(word => word != "non_idempotent").DefaultIfEmpty("error timeout"))};"));
                }
            }
        }
    }
}
