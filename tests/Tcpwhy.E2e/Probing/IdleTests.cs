using System.Net;
using System.Net.Sockets;
using Tcpwhy.E2e.Lab;
using Tcpwhy.Kernel;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Tcpwhy.Probing;
using Xunit;

namespace Tcpwhy.E2e.Probing;

/// <summary>The idle timeouts of real proxies, servers and firewalls are found within 5 %, and told apart.</summary>
public class IdleTests
{
    const int Port = 8080;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_firewall_that_forgets_after_3_s_is_found_though_nobody_says_so()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        await network.Router.SetAsync(["net.netfilter.nf_conntrack_tcp_timeout_established=3", "net.netfilter.nf_conntrack_tcp_loose=0"], Ct);
        await network.Router.FilterAsync("forward", ["ct state invalid drop"], Ct);
        Actor server = await network.StartActorAsync(network.Server, "server", Ct);
        await server.ListenAsync(new Endpoint(network.Server.Ipv4, Port), Ct, backlog: 200);

        IdleAnswer answer = Search(network, network.Server.Ipv4, null);

        Check(answer, 3, IdleEnd.Silence, IdleEnder.Path);
    }

    [Fact]
    public async Task A_firewall_that_resets_what_it_forgot_is_told_from_a_silent_one()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        await network.Router.SetAsync(["net.netfilter.nf_conntrack_tcp_timeout_established=2", "net.netfilter.nf_conntrack_tcp_loose=0"], Ct);
        await network.Router.FilterAsync("forward", ["ct state invalid reject with tcp reset"], Ct);
        Actor server = await network.StartActorAsync(network.Server, "server", Ct);
        await server.ListenAsync(new Endpoint(network.Server.Ipv4, Port), Ct, backlog: 200);

        Check(Search(network, network.Server.Ipv4, null), 2, IdleEnd.ResetOnUse, IdleEnder.Unknown);
    }

    [Fact]
    public async Task The_keep_alive_timeout_and_the_request_limit_of_nginx_are_found()
    {
        await using Network network = await LabUnderTest.NetworkAsync([.. Requirements.Network, "nginx"]);
        await StartNginxAsync(network, "keepalive_timeout 2s; keepalive_requests 17;");

        IdleAnswer answer = Search(network, network.Server.Ipv4, "/");

        Check(answer, 2, IdleEnd.Fin, IdleEnder.Peer);
        Assert.True(answer.AfterRequest);
        Assert.Equal(17, answer.RequestsPerConnection);
    }

    [Fact]
    public async Task Without_a_request_it_is_another_timeout_of_nginx_that_is_found()
    {
        await using Network network = await LabUnderTest.NetworkAsync([.. Requirements.Network, "nginx"]);
        await StartNginxAsync(network, "keepalive_timeout 10s; client_header_timeout 3s;");

        IdleAnswer answer = Search(network, network.Server.Ipv4, null);

        Check(answer, 3, IdleEnd.Fin, IdleEnder.Peer);
        Assert.False(answer.AfterRequest);
    }

    [Theory]
    [InlineData("tcp", null)]
    [InlineData("http", "HTTP/1.1 408 Request Time-out")]
    public async Task The_client_timeout_of_haproxy_is_found(string mode, string? farewell)
    {
        await using Network network = await LabUnderTest.NetworkAsync([.. Requirements.Network, "haproxy", "nginx"]);
        await StartNginxAsync(network, "");
        string file = Path.Combine(network.Directory, "haproxy.cfg");
        await File.WriteAllTextAsync(file, $"""
            defaults
                mode {mode}
                timeout connect 2s
                timeout client 2s
                timeout server 30s
            listen in
                bind {network.Router.Ipv4}:{Port}
                server one {network.Server.Ipv4}:{Port}

            """, Ct);
        await network.StartDaemonAsync(network.Router, ["haproxy", "-db", "-f", file], Port, Ct);

        IdleAnswer answer = Search(network, network.Router.Ipv4, null);

        Check(answer, 2, IdleEnd.Fin, IdleEnder.Peer);
        Assert.Equal(farewell, answer.Limit!.Farewell);
    }

    [Fact]
    public async Task A_service_that_closes_after_4_s_is_found()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        Actor server = await network.StartActorAsync(network.Server, "server", Ct);
        ActorSocket listener = await server.ListenAsync(new Endpoint(network.Server.Ipv4, Port), Ct, backlog: 200);
        await listener.ServeAsync(10, 10, TimeSpan.FromSeconds(4), Ct);

        Check(Search(network, network.Server.Ipv4, null), 4, IdleEnd.Fin, IdleEnder.Peer);
    }

    [Fact]
    public async Task A_service_that_resets_idle_connections_is_found()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        using Socket listener = In(network.Server).Run(() =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Any, Port));
            socket.Listen(200);
            return socket;
        });
        _ = ResetIdleAsync(listener, TimeSpan.FromSeconds(1.5));

        Check(Search(network, network.Server.Ipv6, null), 1.5, IdleEnd.Reset, IdleEnder.Unknown);
    }

    [Fact]
    public async Task A_service_that_never_closes_is_said_to_have_no_limit()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        Actor server = await network.StartActorAsync(network.Server, "server", Ct);
        await server.ListenAsync(new Endpoint(network.Server.Ipv4, Port), Ct, backlog: 200);

        IdleAnswer answer = Search(network, network.Server.Ipv4, null, longest: 3);

        Assert.Null(answer.Limit);
        Assert.Null(answer.Ended);
        Assert.InRange(answer.Survived.TotalSeconds, 3, 3.5);
    }

    static async Task ResetIdleAsync(Socket listener, TimeSpan idle)
    {
        try
        {
            while (true)
                _ = AbortAsync(await listener.AcceptAsync(Ct), idle);
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over.
        }
    }

    static async Task AbortAsync(Socket socket, TimeSpan after)
    {
        await Task.Delay(after);
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    static NetworkNamespace In(Host host) => new(host.Netns) { Path = $"/run/netns/{host.Name}" };

    static async Task StartNginxAsync(Network network, string settings)
    {
        string place = network.Directory, file = Path.Combine(place, "nginx.conf");
        await File.WriteAllTextAsync(file, $$"""
            daemon off;
            user root;
            worker_processes 1;
            pid {{place}}/nginx.pid;
            events { worker_connections 1000; }
            http {
                access_log off;
                client_body_temp_path {{place}}/body;
                proxy_temp_path {{place}}/proxy;
                fastcgi_temp_path {{place}}/fastcgi;
                uwsgi_temp_path {{place}}/uwsgi;
                scgi_temp_path {{place}}/scgi;
                {{settings}}
                server {
                    listen {{Port}};
                    location / { return 200 "ok"; }
                }
            }

            """, Ct);
        await network.StartDaemonAsync(network.Server, ["nginx", "-e", $"{place}/nginx.log", "-c", file], Port, Ct);
    }

    static IdleAnswer Search(Network network, IPAddress address, string? path, double longest = 20)
    {
        var target = new IdleTarget { Remote = new Endpoint(address, Port), HostName = address.ToString(), Path = path };
        return In(network.Client).Run(() => new IdleSearch(target, TimeSpan.FromSeconds(longest)).Run(Ct));
    }

    static void Check(IdleAnswer answer, double seconds, IdleEnd how, IdleEnder by)
    {
        Assert.NotNull(answer.Limit);
        TestContext.Current.SendDiagnosticMessage($"{answer.Limit}");
        Assert.InRange(answer.Limit.Timeout.TotalSeconds, seconds * 0.95, seconds * 1.05);
        Assert.InRange(answer.Limit.Spread.TotalSeconds, 0, seconds * 0.1);
        Assert.Equal(how, answer.Limit.How);
        Assert.Equal(by, answer.Limit.By);
    }
}
