using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>Connections that time out are ended by a reset.</summary>
internal sealed class ResetOnTimeout : Rule
{
    public override string Id => "reset-timedout-connection";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "linger-zero-abort";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective line in nginx.Root.Within("reset_timedout_connection"))
            {
                if (line[0] == "on")
                    yield return At(line, new Phrase("'{0}' ends slow clients with a reset instead of a close", "reset_timedout_connection on"), Edit.Replace(line, "reset_timedout_connection off;"));
            }
        }
    }
}
