using Tcpwhy.Balancers;
using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Balancers;

/// <summary>What is generated carries load through real HAProxy and nginx, while they reload and a backend dies.</summary>
public class GeneratedTests
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Haproxy_loses_no_request_across_reloads_and_a_killed_backend()
    {
        await using Rack rack = await Rack.CreateAsync();
        await rack.ServerAsync(8081, "75s");
        Daemon victim = await rack.ServerAsync(8082, "75s");
        Daemon haproxy = await rack.HaproxyAsync(HaproxyConfiguration.Write(rack.Setup("75s", 8081, 8082), BalancerProgram.Find("haproxy")!.Version));
        Wrk? load = null;
        long accepted = await rack.AcceptedAsync(async () =>
        {
            Task<Wrk> loading = Wrk.RunAsync(rack.Network.Client, rack.Url, 16, 8);
            for (int reload = 0; reload < 2; reload++)
            {
                await Task.Delay(2 * Second, Ct);
                await haproxy.SignalAsync("USR2", Ct);
            }
            await Task.Delay(2 * Second, Ct);
            await victim.SignalAsync("KILL", Ct);
            load = await loading;
        });
        Carried(load!, accepted);
    }

    [Fact]
    public async Task Nginx_loses_no_request_when_a_backend_is_killed()
    {
        await using Rack rack = await Rack.CreateAsync();
        await rack.ServerAsync(8081, "75s");
        Daemon victim = await rack.ServerAsync(8082, "75s");
        await rack.NginxAsync(Nginx(rack, "75s", 8081, 8082));
        Wrk? load = null;
        long accepted = await rack.AcceptedAsync(async () =>
        {
            Task<Wrk> loading = Wrk.RunAsync(rack.Network.Client, rack.Url, 16, 5);
            await Task.Delay(2 * Second, Ct);
            await victim.SignalAsync("KILL", Ct);
            load = await loading;
        });
        Carried(load!, accepted);
    }

    /// <summary>A worker that a reload replaces closes its idle connections at once, and up to nginx 1.27.3 no directive tells it to wait: a request that is on its way meets the close. So each reload may cut as many as are open, and no other; from 1.27.4 on what is generated (keepalive_min_timeout) spares those too.</summary>
    [Fact]
    public async Task Nginx_cuts_at_a_reload_no_more_than_the_connections_that_were_idle_then()
    {
        const int connections = 8, reloads = 3;
        await using Rack rack = await Rack.CreateAsync();
        await rack.ServerAsync(8081, "75s");
        await rack.ServerAsync(8082, "75s");
        Daemon nginx = await rack.NginxAsync(Nginx(rack, "75s", 8081, 8082));
        bool spares = BalancerProgram.Find("nginx")!.Version.IsAtLeast(1, 27, 4);
        Task<Wrk> loading = Wrk.RunAsync(rack.Network.Client, rack.Url, connections, 5);
        for (int reload = 0; reload < reloads; reload++)
        {
            await Task.Delay(Second, Ct);
            await nginx.SignalAsync("HUP", Ct);
        }
        Wrk load = await loading;

        Assert.True(load.Requests > 200, $"{load.Requests} requests");
        Assert.Equal(0, load.Refused);
        Assert.InRange(load.Errors, 0, spares ? 0 : connections * reloads);
    }

    /// <summary>Each request on a connection of its own, none of which is idle when a worker ends.</summary>
    [Fact]
    public async Task Nginx_loses_no_request_across_reloads()
    {
        await using Rack rack = await Rack.CreateAsync();
        await rack.ServerAsync(8081, "75s");
        await rack.ServerAsync(8082, "75s");
        Daemon nginx = await rack.NginxAsync(Nginx(rack, "75s", 8081, 8082));
        Wrk? load = null;
        long accepted = await rack.AcceptedAsync(async () =>
        {
            Task<Wrk> loading = Wrk.RunAsync(rack.Network.Client, rack.Url, 8, 5, "-H", "Connection: close");
            for (int reload = 0; reload < 2; reload++)
            {
                await Task.Delay(1.5 * Second, Ct);
                await nginx.SignalAsync("HUP", Ct);
            }
            load = await loading;
        });
        Carried(load!, accepted);
    }

    [Fact]
    public async Task Option_httpclose_churns_where_the_generated_configuration_does_not()
    {
        await using Rack rack = await Rack.CreateAsync();
        await rack.ServerAsync(8081, "75s");
        await rack.HaproxyAsync($"""
            defaults
                mode http
                option httpclose
                timeout connect 5s
                timeout client 50s
                timeout server 50s
            frontend in
                bind :{Rack.Front}
                default_backend out
            backend out
                server one {rack.Network.Server.Ipv4}:8081

            """);
        Wrk? load = null;
        long accepted = await rack.AcceptedAsync(async () => load = await Wrk.RunAsync(rack.Network.Client, rack.Url, 4, 2));
        Assert.True(accepted >= load!.Requests, $"{accepted} connections for {load.Requests} requests");
    }

    internal static string Nginx(Rack rack, string keepAlive, params int[] ports) =>
        NginxConfiguration.Write(rack.Setup(keepAlive, ports), BalancerProgram.Find("nginx")!.Version, NginxPlaces.Below(rack.Network.Directory));

    /// <summary>All answered, over few connections: those of the pool, of reloads, and the checks.</summary>
    static void Carried(Wrk load, long accepted)
    {
        Assert.True(load.Requests > 200, $"{load.Requests} requests");
        Assert.True(load.Failed == 0, $"{load.Refused} refused and {load.Errors} broken of {load.Requests} requests");
        Assert.True(accepted * 5 < load.Requests && accepted < 400, $"{accepted} connections for {load.Requests} requests");
    }
}
