using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>The load balancer reuses server connections longer than the server keeps them.</summary>
internal sealed class PoolOutlivesServer : Rule
{
    public override string Id => "pool-outlives-server";

    public override Severity Severity => Severity.Critical;

    public override string? Cause => "keepalive-race";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective upstream in nginx.Upstreams)
            {
                bool pools = upstream.Own("keepalive") is { } keepalive ? keepalive[0] != "0" : chain.NginxVersion.IsAtLeast(1, 29, 7);
                if (!pools || chain.ServerOf(upstream[0]) is not { } server)
                    continue;
                NginxDirective? line = upstream.Own("keepalive_timeout");
                if ((line is null ? NginxSetup.UsualPool : line.Time(0)) is not { } ours || ours < server.KeepAlive)
                    continue;
                TimeSpan right = TimeoutPlan.PoolIdle(server.KeepAlive);
                string text = $"keepalive_timeout {Text(right)};";
                Edit[] edits = right == TimeSpan.Zero ? [] : [line is null ? Edit.Add(upstream, text) : Edit.Replace(line, text)];
                yield return At(line ?? upstream, new Phrase("nginx reuses connections that were idle up to {0}, and {1} closes them after {2}: requests meet the close (502)", Text(ours), server.Name, Text(server.KeepAlive)), edits) with
                {
                    Advice = new Phrase("better still: let {0} keep idle connections for 75s", server.Name),
                };
            }
        }
        foreach (HaproxySection back in chain.Haproxy?.Backs ?? [])
        {
            if (!back.IsHttp || !back.Servers.Any() || chain.ServerOf(back.Name) is not { } server || server.KeepAlive > TimeSpan.FromSeconds(60)
                || back.Find("option", "http-server-close") is not null || back.Find("option", "httpclose") is not null || Retries(back))
                continue;
            HaproxyLine? line = back.Find("retry-on");
            string text = "retry-on conn-failure empty-response";
            bool guarded = back.Lines.Exists(one => one.Says("http-request", "disable-l7-retry"));
            const string guard = "http-request disable-l7-retry unless { method GET HEAD OPTIONS }";
            Edit edit = line is null ? Edit.Add(back, text) : Edit.Replace(line, text);
            yield return At(line ?? back.Head, new Phrase("{0} closes idle connections after {1}, HAProxy's pool has no idle limit, and a request that meets the close is not repeated", server.Name, Text(server.KeepAlive)),
                guarded ? [edit] : [edit, Edit.Add(back, guard)]) with
            {
                Advice = new Phrase("better still: let {0} keep idle connections for 75s", server.Name),
            };
        }
    }

    private static bool Retries(HaproxySection back) =>
        back.Find("retry-on") is { } line && (line.Has("empty-response") || line.Has("all-retryable-errors"));
}
