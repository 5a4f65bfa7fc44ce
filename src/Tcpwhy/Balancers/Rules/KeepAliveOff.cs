using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>Connections of clients end after each request, or after a few.</summary>
internal sealed class KeepAliveOff : Rule
{
    public override string Id => "keepalive-off";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "connection-churn";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective line in nginx.Root.Within("keepalive_timeout"))
            {
                if (line.Parent!.Name != "upstream" && line.Time(0) == TimeSpan.Zero)
                    yield return At(line, new Phrase("'{0}' closes each connection after one request", "keepalive_timeout 0"), Edit.Replace(line, $"keepalive_timeout {Text(TimeoutPlan.ClientIdle(chain.Front))};"));
            }
            foreach (NginxDirective line in nginx.Root.Within("keepalive_requests"))
            {
                if (int.TryParse(line[0], out int most) && most < 100)
                    yield return At(line, new Phrase("'{0}' closes each connection after so few requests", $"keepalive_requests {most}"), Edit.Replace(line, "keepalive_requests 10000;"));
            }
        }
    }
}
