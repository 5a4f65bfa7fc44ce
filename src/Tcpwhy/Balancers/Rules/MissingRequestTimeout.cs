using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>Slow clients hold connections as long as they like.</summary>
internal sealed class MissingRequestTimeout : Rule
{
    public override string Id => "missing-request-timeout";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "fd-limit-accept";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection front in chain.Haproxy?.Fronts ?? [])
        {
            if (front.IsHttp && front.Timeout("http-request") is null)
            {
                yield return At(front.Head, new Phrase("'{0}' has no 'timeout http-request': a client that sends its header byte by byte holds a connection for ever", front.Name),
                    Edit.Add(front, "timeout http-request 10s"));
            }
        }
    }
}
