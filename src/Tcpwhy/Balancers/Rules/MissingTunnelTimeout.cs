using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>WebSockets are cut by the timeout for answers.</summary>
internal sealed class MissingTunnelTimeout : Rule
{
    public override string Id => "missing-tunnel-timeout";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "lb-timeout-server";

    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection back in chain.Haproxy?.Backs ?? [])
        {
            if (back.IsHttp && back.Timeout("tunnel") is null && back.TimeoutValue("server") is { } silent && silent < Long && Upgrades(chain.Haproxy!, back))
            {
                yield return At(back.Head, new Phrase("'{0}' carries WebSockets and has no 'timeout tunnel': they end after {1} of silence", back.Name, Text(silent)),
                    Edit.Add(back, "timeout tunnel 1h"));
            }
        }
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective pass in nginx.Passes)
            {
                if (!pass.FindAll("proxy_set_header").Any(header => header[0].Equals("Upgrade", StringComparison.OrdinalIgnoreCase)))
                    continue;
                // nginx's own default is 60 s.
                NginxDirective? line = pass.Find("proxy_read_timeout");
                if ((line is null ? TimeSpan.FromSeconds(60) : line.Time(0)) is { } silent && silent < Long)
                {
                    yield return At(line is not null && line.Parent == pass.Parent ? line : pass, new Phrase("this location carries WebSockets, and proxy_read_timeout ends them after {0} of silence", Text(silent)),
                        line is not null && line.Parent == pass.Parent ? Edit.Replace(line, "proxy_read_timeout 1h;") : Edit.Add(pass.Parent!, "proxy_read_timeout 1h;"));
                }
            }
        }
    }

    private static bool Upgrades(HaproxySetup setup, HaproxySection back) =>
        Speaks(back.Name) || back.Lines.Exists(Tells)
        || setup.Fronts.Any(front =>
        {
            string[] upgrades = [.. front.Lines.Where(Tells).Select(acl => acl[1])];
            return front.Lines.Exists(line => line[0] == "use_backend" && line[1] == back.Name && line.Words.Skip(2).Any(word => Speaks(word.Text) || upgrades.Contains(word.Text)));
        });

    private static bool Tells(HaproxyLine line) => line[0] is "acl" or "http-request" && line.Words.Any(word => word.Text.Contains("websocket", StringComparison.OrdinalIgnoreCase) || word.Text.Contains("hdr(Upgrade)", StringComparison.OrdinalIgnoreCase));

    private static bool Speaks(string name) => name.Contains("websocket", StringComparison.OrdinalIgnoreCase)
        || name.Split('_', '-', '.').Any(part => part.Equals("ws", StringComparison.OrdinalIgnoreCase) || part.Equals("wss", StringComparison.OrdinalIgnoreCase));
}
