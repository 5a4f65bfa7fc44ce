using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>option http-server-close ends the server connection after each request.</summary>
internal sealed class ServerClose : Rule
{
    public override string Id => "http-server-close";

    public override Severity Severity => Severity.Info;

    public override string? Cause => "connection-churn";

    private static readonly TimeSpan WorthPooling = TimeSpan.FromSeconds(4);

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection section in chain.Haproxy?.Sections ?? [])
        {
            // For servers that close at once it is the right choice.
            if (section.Kind is "backend" or "listen" && chain.ServerOf(section.Name) is { } server && server.KeepAlive < WorthPooling)
                continue;
            foreach (HaproxyLine line in section.Lines)
            {
                if (line.Says("option", "http-server-close"))
                    yield return At(line, new Phrase("'{0}' opens a server connection for each request; it is meant for servers whose keep-alive is broken", "option http-server-close"), Edit.Remove(line.File, line.Start));
            }
        }
    }
}
