using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>A server that is down goes on getting its share of requests.</summary>
internal sealed class MissingHealthCheck : Rule
{
    public override string Id => "missing-health-check";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "conn-refused-no-listener";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection back in chain.Haproxy?.Backs ?? [])
        {
            if (!back.Servers.Skip(1).Any())
                continue;
            foreach (HaproxyLine server in back.Servers)
            {
                if (!back.ServerHas(server, "check") && !server.Has("disabled") && !server.Has("track"))
                {
                    yield return At(server, new Phrase("server '{0}' is not checked: when it is down it goes on getting its share of requests", server[1]),
                        new Edit(server.File, server.End, 0, " check"));
                }
            }
        }
    }
}
