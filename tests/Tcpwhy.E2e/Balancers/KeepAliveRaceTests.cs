using System.Net;
using Tcpwhy.E2e.Diagnosis;
using Tcpwhy.Filtering;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.E2e.Balancers;

/// <summary>A pool of 60 s against servers that close after 5 s loses requests; the generated one, for the same servers, none.</summary>
public class KeepAliveRaceTests
{
    const int Pooled = 7;

    static readonly string[] Races = ["keepalive-race", "stale-conn-reuse"];

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Diagnosis_names_the_race_of_the_long_pool_and_stays_silent_on_the_generated_one()
    {
        await using Rack longPool = await Rack.CreateAsync();
        await using Rack generated = await Rack.CreateAsync();
        using ISource? source = WatchedKernel.Open(out string? obstacle);
        Assert.SkipWhen(source is null, obstacle ?? "");
        using var window = new CancellationTokenSource();
        Task<Answer> diagnosis = Task.Factory.StartNew(() => Pipeline.Run(source, Filter.Everything, null, null, window.Token), TaskCreationOptions.LongRunning);
        Wrk[] loads;
        Answer answer;
        try
        {
            loads = await Task.WhenAll(
                RaceAsync(longPool, $$"""
                    pid {{longPool.Network.Directory}}/nginx.pid;
                    events { worker_connections 1000; }
                    http {
                        access_log off; {{Rack.Temporary(longPool.Network.Directory)}}
                        upstream app { server {{longPool.Network.Server.Ipv4}}:8081; keepalive 100; keepalive_requests 1000; keepalive_timeout 60s; }
                        server {
                            listen {{Rack.Front}};
                            location / { proxy_pass http://app; proxy_http_version 1.1; proxy_set_header Connection ""; }
                        }
                    }
                    """),
                RaceAsync(generated, GeneratedTests.Nginx(generated, "5s", 8081)));
            await Task.Delay(500, Ct);
        }
        finally
        {
            await window.CancelAsync();
            answer = await diagnosis;
        }
        Assert.True(loads[0].Refused > 0, "the long pool lost no request");
        Assert.Equal(0, loads[1].Failed);
        Assert.Contains(Of(longPool, answer), finding => Races.Contains(finding.Cause));
        Assert.DoesNotContain(Of(generated, answer), finding => finding.Severity > Severity.Info);
    }

    /// <summary>Fills the pool, lets the servers close it after 5 s while the network loses each FIN, and posts again.</summary>
    static async Task<Wrk> RaceAsync(Rack rack, string configuration)
    {
        await rack.ServerAsync(8081, "5s");
        await rack.NginxAsync(configuration);
        string script = Path.Combine(rack.Network.Directory, "post.lua");
        await File.WriteAllTextAsync(script, "wrk.method = 'POST'\nwrk.body = 'order=1'\n", Ct);
        await Wrk.RunAsync(rack.Network.Client, rack.Url, Pooled, 1, "-s", script);
        await rack.Network.Router.FilterAsync("input", ["iifname server tcp sport 8081 tcp flags & fin == fin drop"], Ct);
        await Task.Delay(TimeSpan.FromSeconds(5.3), Ct);
        Wrk load = await Wrk.RunAsync(rack.Network.Client, rack.Url, Pooled, 1, "-s", script);
        await rack.Network.Router.UnfilterAsync(Ct);
        return load;
    }

    static List<Finding> Of(Rack rack, Answer answer)
    {
        IPAddress[] addresses = [rack.Network.Client.Ipv4, rack.Network.Router.Ipv4, rack.Network.Server.Ipv4];
        return [.. answer.Findings.Where(finding => addresses.Contains(finding.Local.Address) || addresses.Contains(finding.Peer.Address))];
    }
}
