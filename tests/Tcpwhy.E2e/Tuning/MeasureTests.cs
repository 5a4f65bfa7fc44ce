using System.Text.Json;
using Tcpwhy.E2e.Lab;
using Tcpwhy.E2e.Program;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.E2e.Tuning;

/// <summary>From evidence to a change to the proof that it helped, each with a cause that a kernel setting cures.</summary>
public class MeasureTests
{
    const int Broken = 13;
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_range_of_local_ports_that_ran_out_is_widened_and_the_failures_are_gone()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        Actor client = await network.StartActorAsync(network.Client, "shop", Ct), server = await network.StartActorAsync(network.Server, "db", Ct);
        var service = new Endpoint(network.Server.Ipv4, 8080);
        await server.ListenAsync(service, Ct);
        await network.Client.SetAsync(["net.ipv4.ip_local_port_range=40000 40007"], Ct);
        for (int i = 0; i < 8; i++)
            await client.ConnectAsync(service, Ct);
        using TunedHost tuned = new(network.Client);

        using RunningProgram apply = Measure(tuned, network, "4s", "1s");
        await apply.WatchesAsync();
        await ConnectAllAsync(client, service, "EADDRNOTAVAIL");
        await apply.WatchesAsync();
        await ConnectAllAsync(client, service, "OK");

        Proves(await apply.EndAsync(), "ephemeral-port-exhaustion");
        Assert.Equal("10240 65535", ValueOf(await tuned.ValueAsync("net.ipv4.ip_local_port_range", Ct)));
        await tuned.DoneAsync("rollback");
        Assert.Equal("40000 40007", ValueOf(await tuned.ValueAsync("net.ipv4.ip_local_port_range", Ct)));
    }

    [Fact]
    public async Task An_accept_queue_that_overflowed_is_lengthened_and_the_failures_are_gone()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        Actor client = await network.StartActorAsync(network.Client, "shop", Ct), server = await network.StartActorAsync(network.Server, "web", Ct);
        var service = new Endpoint(network.Server.Ipv4, 8080);
        await network.Server.SetAsync(["net.core.somaxconn=4"], Ct);
        await network.Client.SetAsync(["net.ipv4.tcp_syn_retries=1"], Ct);
        ActorSocket listener = await server.ListenAsync(service, Ct, backlog: 64);
        for (int i = 0; i < 5; i++)
            await client.ConnectAsync(service, Ct);
        using TunedHost tuned = new(network.Server);

        using RunningProgram apply = Measure(tuned, network, "6s", "4s");
        await apply.WatchesAsync();
        await ConnectAllAsync(client, service, "ETIMEDOUT");
        await apply.SaysAsync("applied");
        Assert.Equal("4096", await tuned.ValueAsync("net.core.somaxconn", Ct));
        // The longer queue comes when the service listens again, as the plan says.
        await listener.CloseAsync(Ct);
        await server.ListenAsync(service, Ct, backlog: 64);
        await apply.WatchesAsync();
        await ConnectAllAsync(client, service, "OK");

        Proves(await apply.EndAsync(), "accept-queue-overflow-drop");
    }

    [Fact]
    public async Task A_firewall_that_forgets_idle_connections_is_made_to_remember_and_the_failures_are_gone()
    {
        const string memory = "net.netfilter.nf_conntrack_tcp_timeout_established";
        await using Network network = await LabUnderTest.NetworkAsync([.. Requirements.Network]);
        Actor client = await network.StartActorAsync(network.Client, "shop", Ct), server = await network.StartActorAsync(network.Server, "db", Ct);
        await network.Router.FilterAsync("forward", ["ct state invalid drop", "ct state established accept", "tcp flags syn accept"], Ct);
        await network.Router.SetAsync([$"{memory}=2", "net.netfilter.nf_conntrack_tcp_loose=0"], Ct);
        await network.Client.SetAsync(["net.ipv4.tcp_retries2=3"], Ct);
        var service = new Endpoint(network.Server.Ipv4, 8080);
        ActorSocket listener = await server.ListenAsync(service, Ct);
        await listener.ServeAsync(10, 10, TimeSpan.Zero, Ct);
        // One connection stays busy, as on every real firewall; its entry is what the measured evidence counts.
        await client.StartLoadAsync(service, 1, 10, 10, TimeSpan.FromMilliseconds(300), Ct);
        using TunedHost tuned = new(network.Router);
        ActorSocket[] idle = await OpenAsync(client, service);
        await Task.Delay(TimeSpan.FromSeconds(3.5), Ct);

        using RunningProgram apply = Measure(tuned, network, "9s", "1s");
        await apply.WatchesAsync();
        Assert.All(await Task.WhenAll(idle.Select(one => one.ExchangeAsync(10, 10, null, Ct))), reply => Assert.NotEqual("OK", reply.Outcome));
        await apply.SaysAsync("applied");
        Assert.Equal("86400", await tuned.ValueAsync(memory, Ct));
        idle = await OpenAsync(client, service);
        await apply.WatchesAsync();
        await Task.Delay(TimeSpan.FromSeconds(3.5), Ct);
        Assert.All(await Task.WhenAll(idle.Select(one => one.ExchangeAsync(10, 10, null, Ct))), reply => Assert.Equal("OK", reply.Outcome));

        Proves(await apply.EndAsync(), "conntrack-idle-expiry");
        await tuned.DoneAsync("rollback");
        Assert.Equal("2", await tuned.ValueAsync(memory, Ct));
    }

    static RunningProgram Measure(TunedHost tuned, Network network, string measure, string settle) =>
        tuned.Start("apply", "--yes", "--measure", measure, "--settle", settle, $"dst {network.Server.Ipv4} or src {network.Server.Ipv4}");

    static async Task ConnectAllAsync(Actor client, Endpoint service, string outcome)
    {
        Reply[] replies = await Task.WhenAll(Enumerable.Range(0, Broken).Select(_ => client.TryConnectAsync(service, Patience, Ct)));
        Assert.All(replies, reply => Assert.Equal(outcome, reply.Outcome));
    }

    static async Task<ActorSocket[]> OpenAsync(Actor client, Endpoint service)
    {
        var open = new ActorSocket[Broken];
        for (int i = 0; i < open.Length; i++)
        {
            open[i] = await client.ConnectAsync(service, Ct);
            (await open[i].ExchangeAsync(10, 10, null, Ct)).Expect("exchange");
        }
        return open;
    }

    static string ValueOf(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    static void Proves(ProgramEnd end, string cause)
    {
        Assert.True(end.Status == 0, $"{end.Status}: {end.Out}{end.Error}");
        JsonElement comparison = TunedHost.Json(end).GetProperty("comparison"), overall = comparison.GetProperty("overall");
        Assert.True(comparison.GetProperty("verdict").GetString() == "better", comparison.ToString() + end.Error);
        Assert.Equal((Broken, 0), (overall.GetProperty("failures_before").GetInt32(), overall.GetProperty("failures_after").GetInt32()));
        Assert.Contains(comparison.GetProperty("causes").EnumerateArray(), one => one.GetProperty("cause").GetString() == cause && one.GetProperty("verdict").GetString() == "better");
    }
}
