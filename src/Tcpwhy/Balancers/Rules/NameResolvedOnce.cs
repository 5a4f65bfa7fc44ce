using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>A name is resolved at start only: a backend that moves is lost.</summary>
internal sealed class NameResolvedOnce : Rule
{
    public override string Id => "name-resolved-once";

    public override Severity Severity => Severity.Info;

    public override string? Cause => "dns-dead-backend";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection back in chain.Haproxy?.Backs ?? [])
        {
            foreach (HaproxyLine server in back.Servers)
            {
                if (IsQualified(server[2]) && !back.ServerHas(server, "resolvers"))
                    yield return At(server, new Phrase("'{0}' is resolved once, at start: when its address changes, requests go to the old one", server[2])) with { Advice = new Phrase("give the server 'resolvers', with a section that has 'parse-resolv-conf'") };
            }
        }
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective upstream in nginx.Upstreams)
            {
                foreach (NginxDirective server in upstream.Children!.Where(child => child.Name == "server"))
                {
                    if (IsQualified(server[0]) && !server.Arguments.Any(word => word.Text == "resolve"))
                    {
                        yield return At(server, new Phrase("'{0}' is resolved once, at start: when its address changes, requests go to the old one", server[0])) with
                        {
                            Advice = new Phrase("from nginx 1.27.3 on: 'resolve' behind the server, with 'zone' and 'resolver'; before, reload when it changes"),
                        };
                    }
                }
            }
        }
    }

    // Names without a dot are those of /etc/hosts or of a test.
    private static bool IsQualified(string address)
    {
        int colon = address.LastIndexOf(':');
        string host = colon < 0 ? address : address[..colon];
        return host.Contains('.', StringComparison.Ordinal) && ServerAddress.IsName(host);
    }
}
