using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>All retries go to the server that is down.</summary>
internal sealed class MissingRedispatch : Rule
{
    public override string Id => "missing-redispatch";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "conn-refused-no-listener";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection back in chain.Haproxy?.Backs ?? [])
        {
            if (back.Servers.Skip(1).Any() && back.Find("option", "redispatch") is null && back.Find("retries")?.Count(1) is not 0)
            {
                yield return At(back.Head, new Phrase("'{0}' has several servers and no 'option redispatch': all retries go to the one that is down", back.Name),
                    Edit.Add(back, "option redispatch 1"));
            }
        }
    }
}
