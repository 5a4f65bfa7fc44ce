using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>The upstream keeps connections, and the location closes each after one request.</summary>
internal sealed class PoolInert : Rule
{
    public override string Id => "pool-inert";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "connection-churn";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        // From 1.29.7 on, HTTP/1.1 without a Connection header is the default.
        bool old = !chain.NginxVersion.IsAtLeast(1, 29, 7);
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective pass in nginx.Passes)
            {
                if (nginx.UpstreamOf(pass) is not { } upstream || upstream.Own("keepalive") is not { } keepalive || keepalive[0] == "0")
                    continue;
                NginxDirective? version = pass.Find("proxy_http_version");
                NginxDirective? header = pass.FindAll("proxy_set_header").LastOrDefault(one => one[0].Equals("Connection", StringComparison.OrdinalIgnoreCase));
                List<Edit> edits = [];
                if (version is null ? old : version[0] == "1.0")
                    edits.Add(version is null ? Edit.Add(pass.Parent!, "proxy_http_version 1.1;") : Edit.Replace(version, "proxy_http_version 1.1;"));
                if (header is null ? old : Closes(header[1], nginx))
                    edits.Add(header is null ? Edit.Add(pass.Parent!, "proxy_set_header Connection \"\";") : Edit.Replace(header, "proxy_set_header Connection \"\";"));
                if (edits.Count > 0)
                    yield return At(pass, new Phrase("upstream '{0}' has keepalive, which does nothing here: it needs proxy_http_version 1.1 and an empty Connection header", upstream[0]), edits);
            }
        }
    }

    /// <summary>Whether the header's value closes ordinary requests: "close", or a variable of a map that is "close" where no upgrade is asked for.</summary>
    private static bool Closes(string value, NginxSetup nginx)
    {
        if (!value.StartsWith('$'))
            return value.Equals("close", StringComparison.OrdinalIgnoreCase);
        if (value == "$http_connection")
            return true;
        NginxDirective? map = nginx.Root.Within("map").FirstOrDefault(one => one[1] == value);
        if (map?.Children is not { } entries)
            return false;
        NginxDirective? plain = entries.Find(entry => entry.Name.Length == 0) ?? entries.Find(entry => entry.Name == "default");
        return plain is not null && plain[0].Equals("close", StringComparison.OrdinalIgnoreCase);
    }
}
