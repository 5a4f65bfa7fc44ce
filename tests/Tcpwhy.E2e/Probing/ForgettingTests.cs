using System.Text.Json;
using Tcpwhy.E2e.Program;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.E2e.Probing;

/// <summary>A firewall that forgets idle connections is found within 5 %, whether it is silent about it or not, and so is its setting.</summary>
public class ForgettingTests(BuiltProgram program)
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_silent_firewall_is_found_with_the_setting_that_does_it()
    {
        await using Network network = await BehindAsync(3, "drop");

        JsonElement idle = IdleProbe.Check(await ProbeAsync(network), 3, "silence", "path", onUse: true);

        JsonElement fit = idle.GetProperty("fits")[0];
        Assert.Equal("net.netfilter.nf_conntrack_tcp_timeout_established", fit.GetProperty("setting").GetString());
        Assert.Equal(network.Router.Name, fit.GetProperty("netns").GetString());
        Assert.Equal(1, idle.GetProperty("advice").GetProperty("keepalive_idle_seconds").GetDouble());
    }

    [Fact]
    public async Task A_firewall_that_resets_what_it_forgot_is_told_from_a_silent_one()
    {
        await using Network network = await BehindAsync(2, "reject with tcp reset");
        IdleProbe.Check(await ProbeAsync(network), 2, "reset", "unknown", onUse: true);
    }

    [Fact]
    public async Task The_keep_alive_that_is_advised_keeps_the_connection()
    {
        await using Network network = await BehindAsync(3, "drop");

        JsonElement idle = (await ProbeAsync(network, "--idle-max", "6s", "--keepalive", "--keepalive-idle", "1s", "--keepalive-interval", "1s")).GetProperty("idle");

        Assert.Equal(JsonValueKind.Null, idle.GetProperty("idle_timeout_seconds").ValueKind);
        Assert.InRange(idle.GetProperty("survived_seconds").GetDouble(), 6, 6.5);
    }

    Task<JsonElement> ProbeAsync(Network network, params string[] options) =>
        IdleProbe.RunAsync(program, network, network.Server.Ipv4, ["--idle", "--no-ebpf", .. options]);

    static async Task<Network> BehindAsync(int seconds, string verdict)
    {
        Network network = await IdleProbe.NetworkAsync();
        await network.Router.SetAsync([$"net.netfilter.nf_conntrack_tcp_timeout_established={seconds}", "net.netfilter.nf_conntrack_tcp_loose=0"], Ct);
        await network.Router.FilterAsync("forward", [$"ct state invalid {verdict}"], Ct);
        Actor server = await network.StartActorAsync(network.Server, "server", Ct);
        await server.ListenAsync(new Endpoint(network.Server.Ipv4, IdleProbe.Port), Ct, backlog: 200);
        return network;
    }
}
