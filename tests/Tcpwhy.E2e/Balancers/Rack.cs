using Tcpwhy.Balancers;
using Tcpwhy.E2e.Lab;
using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Balancers;

/// <summary>Clients, a load balancer (on the router) and web servers in one network of the lab.</summary>
sealed class Rack(Network network) : IAsyncDisposable
{
    /// <summary>Where the load balancer listens.</summary>
    public const int Front = 9000;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    public Network Network => network;

    public string Url => $"http://{network.Router.Ipv4}:{Front}/";

    public static async Task<Rack> CreateAsync() => new(await LabUnderTest.NetworkAsync([.. Requirements.Network, "haproxy", "nginx", "wrk"]));

    /// <summary>A web server that keeps idle connections so long. One process, so that killing it kills all of it.</summary>
    public async Task<Daemon> ServerAsync(int port, string keepAlive)
    {
        string file = Path.Combine(network.Directory, $"server-{port}.conf");
        await File.WriteAllTextAsync(file, $$"""
            daemon off; master_process off; worker_processes 1;
            pid {{network.Directory}}/server-{{port}}.pid;
            events { worker_connections 4000; }
            http {
                access_log off; keepalive_requests 10000000; keepalive_timeout {{keepAlive}};
                {{Temporary(network.Directory)}}
                server { listen {{port}} backlog=4096; location / { return 200 "an answer of some length"; } }
            }
            """, Ct);
        return await network.StartDaemonAsync(network.Server, ["nginx", "-e", $"{network.Directory}/server-{port}.log", "-c", file], port, Ct);
    }

    /// <summary>What tcpwhy generates for such servers.</summary>
    public BalancerSetup Setup(string keepAlive, params int[] ports) => new()
    {
        Backends = Backend.ParseAll([.. ports.Select(port => $"{network.Server.Ipv4}:{port}")]),
        ListenPort = Front,
        HealthPath = "/",
        BackendKeepAlive = TimeSpan.FromSeconds(int.Parse(keepAlive.TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture)),
    };

    public Task<Daemon> HaproxyAsync(string configuration) => StartAsync("haproxy.cfg", configuration, file => ["haproxy", "-W", "-db", "-f", file]);

    public Task<Daemon> NginxAsync(string configuration) => StartAsync("nginx.conf", configuration, file => ["nginx", "-e", $"{network.Directory}/nginx.log", "-g", "daemon off;", "-c", file]);

    /// <summary>Runs <paramref name="body"/> and returns how many connections the servers accepted meanwhile, as their kernel counts them.</summary>
    public async Task<long> AcceptedAsync(Func<Task> body)
    {
        long before = (await network.Server.CountersAsync(Ct))["Tcp.PassiveOpens"];
        await body();
        return (await network.Server.CountersAsync(Ct))["Tcp.PassiveOpens"] - before;
    }

    /// <summary>nginx's directories for temporary files below a directory of ours.</summary>
    public static string Temporary(string directory) =>
        string.Concat(new[] { "client_body", "proxy", "fastcgi", "uwsgi", "scgi" }.Select(kind => $"{kind}_temp_path {directory}/{kind}; "));

    public ValueTask DisposeAsync() => network.DisposeAsync();

    async Task<Daemon> StartAsync(string name, string configuration, Func<string, string[]> command)
    {
        string file = Path.Combine(network.Directory, name);
        await File.WriteAllTextAsync(file, configuration, Ct);
        return await network.StartDaemonAsync(network.Router, command(file), Front, Ct);
    }
}
