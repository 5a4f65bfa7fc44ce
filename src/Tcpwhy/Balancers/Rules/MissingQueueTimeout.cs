using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>Requests that wait for a server give up after the connect timeout.</summary>
internal sealed class MissingQueueTimeout : Rule
{
    public override string Id => "missing-queue-timeout";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "lb-maxconn-queue";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection back in chain.Haproxy?.Backs ?? [])
        {
            if (back.Timeout("queue") is null && back.TimeoutValue("connect") is { } connect && back.Servers.Any(server => back.ServerHas(server, "maxconn")))
            {
                yield return At(back.Head, new Phrase("'{0}' limits its servers' connections and has no 'timeout queue': who waits gets a 503 after 'timeout connect', {1}", back.Name, Text(connect)),
                    Edit.Add(back, "timeout queue 10s"));
            }
        }
    }
}
