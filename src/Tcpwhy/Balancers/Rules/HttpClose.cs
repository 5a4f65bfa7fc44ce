using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>option httpclose ends both connections after each request.</summary>
internal sealed class HttpClose : Rule
{
    public override string Id => "httpclose";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "connection-churn";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection section in chain.Haproxy?.Sections ?? [])
        {
            foreach (HaproxyLine line in section.Lines)
            {
                if (line.Says("option", "httpclose") || line.Says("option", "forceclose"))
                {
                    yield return At(line, new Phrase("'{0}' closes the client's and the server's connection after each request: a handshake and a port in TIME_WAIT for each", $"option {line[1]}"),
                        Edit.Remove(line.File, line.Start));
                }
            }
        }
    }
}
