using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Tcpwhy.E2e.Hygiene;
using Tcpwhy.E2e.Lab;
using Tcpwhy.E2e.Program;
using Tcpwhy.Kernel;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.E2e.Probing;

/// <summary>The idle timeouts of real servers and proxies, which close or reset, are found within 5 %.</summary>
[Collection(nameof(Alone))]
public class IdleTests(BuiltProgram program)
{
    const int Port = IdleProbe.Port;

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_keep_alive_timeout_and_the_request_limit_of_nginx_are_found()
    {
        await using Network network = await IdleProbe.NetworkAsync("nginx");
        await IdleProbe.StartNginxAsync(network, "keepalive_timeout 2s; keepalive_requests 17;", Ct);

        JsonElement idle = IdleProbe.Check(await ProbeAsync(network, network.Server.Ipv4, "--http", "/"), 2, "fin", "peer");

        Assert.True(idle.GetProperty("after_request").GetBoolean());
        Assert.Equal(17, idle.GetProperty("requests_per_connection").GetInt32());
        Assert.Equal("nginx", idle.GetProperty("process").GetProperty("comm").GetString());
        Assert.InRange(idle.GetProperty("advice").GetProperty("pool_idle_seconds").GetDouble(), 0.8, 1.2);
    }

    [Fact]
    public async Task Without_a_request_it_is_another_timeout_of_nginx_that_is_found()
    {
        await using Network network = await IdleProbe.NetworkAsync("nginx");
        await IdleProbe.StartNginxAsync(network, "keepalive_timeout 10s; client_header_timeout 3s;", Ct);

        JsonElement idle = IdleProbe.Check(await ProbeAsync(network, network.Server.Ipv4), 3, "fin", "peer");

        Assert.False(idle.GetProperty("after_request").GetBoolean());
    }

    [Theory]
    [InlineData("tcp", null)]
    [InlineData("http", "HTTP/1.1 408 Request Time-out")]
    public async Task The_client_timeout_of_haproxy_is_found(string mode, string? farewell)
    {
        await using Network network = await IdleProbe.NetworkAsync("haproxy", "nginx");
        await IdleProbe.StartNginxAsync(network, "", Ct);
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

        JsonElement idle = IdleProbe.Check(await ProbeAsync(network, network.Router.Ipv4), 2, "fin", "peer");

        Assert.Equal(farewell, idle.GetProperty("farewell").GetString());
        Assert.Equal("haproxy", idle.GetProperty("process").GetProperty("comm").GetString());
    }

    [Fact]
    public async Task The_idle_timeout_of_our_own_listen_is_found()
    {
        await using Network network = await IdleProbe.NetworkAsync();
        await network.StartDaemonAsync(network.Server, ["dotnet", LabUnderTest.Executable, "listen", $"0.0.0.0:{Port}", "--idle-timeout", "4s", "--duration", "1m"], Port, Ct);

        IdleProbe.Check(await ProbeAsync(network, network.Server.Ipv4), 4, "fin", "peer");
    }

    [Fact]
    public async Task A_service_that_resets_idle_connections_is_found()
    {
        await using Network network = await IdleProbe.NetworkAsync();
        using Socket listener = new NetworkNamespace(network.Server.Netns) { Path = $"/run/netns/{network.Server.Name}" }.Run(() =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Any, Port));
            socket.Listen(200);
            return socket;
        });
        _ = ResetIdleAsync(listener, TimeSpan.FromSeconds(1.5));

        IdleProbe.Check(await ProbeAsync(network, network.Server.Ipv6), 1.5, "reset", "unknown");
    }

    [Fact]
    public async Task What_is_known_when_it_is_interrupted_is_said()
    {
        await using Network network = await IdleProbe.NetworkAsync();
        Actor server = await network.StartActorAsync(network.Server, "server", Ct);
        await server.ListenAsync(new Endpoint(network.Server.Ipv4, Port), Ct, backlog: 200);
        using RunningProgram probe = await program.StartAsync(IdleProbe.At(network.Client), IdleProbe.Words(network.Server.Ipv4, "--idle", "--no-ebpf"));
        await Task.Delay(5000, Ct);
        await probe.SignalAsync("INT");

        ProgramEnd end = await probe.EndAsync();

        Assert.Equal(130, end.Status);
        JsonElement idle = IdleProbe.Read(end.Out).GetProperty("idle");
        Assert.True(idle.GetProperty("interrupted").GetBoolean());
        Assert.Equal(JsonValueKind.Null, idle.GetProperty("idle_timeout_seconds").ValueKind);
        Assert.InRange(idle.GetProperty("survived_seconds").GetDouble(), 1, 5);
    }

    [Fact]
    public async Task A_service_that_never_closes_is_said_to_have_no_limit()
    {
        await using Network network = await IdleProbe.NetworkAsync();
        Actor server = await network.StartActorAsync(network.Server, "server", Ct);
        await server.ListenAsync(new Endpoint(network.Server.Ipv4, Port), Ct, backlog: 200);

        JsonElement idle = (await ProbeAsync(network, network.Server.Ipv4, "--idle-max", "2s")).GetProperty("idle");

        Assert.Equal(JsonValueKind.Null, idle.GetProperty("idle_timeout_seconds").ValueKind);
        Assert.InRange(idle.GetProperty("survived_seconds").GetDouble(), 2, 2.5);
        Assert.False(idle.GetProperty("interrupted").GetBoolean());
    }

    Task<JsonElement> ProbeAsync(Network network, IPAddress address, params string[] options) =>
        IdleProbe.RunAsync(program, network, address, ["--idle", "--no-ebpf", .. options]);

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
}
