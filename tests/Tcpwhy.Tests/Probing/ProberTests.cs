using System.Net;
using System.Net.Sockets;
using Tcpwhy.Model;
using Tcpwhy.Probing;
using Xunit;

namespace Tcpwhy.Tests.Probing;

public sealed class ProberTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dead_address_among_living_ones_is_named()
    {
        await using Peer peer = Peer.Silent();
        ProbeResult result = await Probe(peer.Port, "127.0.0.2", "127.0.0.1").RunAsync(Ct);
        Assert.Equal(["127.0.0.2", "127.0.0.1"], result.Addresses.Select(address => address.Address.Address.ToString()));
        Assert.Equal([true, false], result.Addresses.Select(address => address.IsDead));
        Assert.Equal(3, result.Addresses[0].Attempts.Count);
        Assert.StartsWith("conn-refused-", result.Addresses[0].UsualFailure!.Cause, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Findings, result.ExitCode);
    }

    [Fact]
    public async Task All_is_well_when_every_address_answers_every_time()
    {
        await using Peer peer = Peer.Silent();
        int steps = 0, announced = 0;
        ProbeResult result = await new Prober(Plan(peer.Port), TimeProvider.System)
        {
            Ask = Answers("127.0.0.1"),
            OnResolved = all => announced = all,
            OnAttempt = _ => Interlocked.Increment(ref steps),
        }.RunAsync(Ct);
        Assert.Equal((ExitCode.Done, 3, 3), (result.ExitCode, announced, steps));
        Assert.Equal(3, result.Resolve(AddressFamily.InterNetwork)!.Count);
        Assert.Equal(3, result.Addresses[0].Connect!.Count);
    }

    [Fact]
    public async Task Nothing_reachable_is_5()
    {
        int port;
        await using (Peer gone = Peer.Silent())
            port = gone.Port;
        Assert.Equal(ExitCode.Unreachable, (await Probe(port, "127.0.0.1", "127.0.0.2").RunAsync(Ct)).ExitCode);
    }

    [Fact]
    public async Task A_name_without_an_address_is_one_line_and_5()
    {
        ToolException none = await Assert.ThrowsAsync<ToolException>(() => Probe(80).RunAsync(Ct));
        Assert.Equal(ExitCode.Unreachable, none.ExitCode);
        Assert.StartsWith("db.example cannot be resolved: no such name (asked ", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_of_the_other_family_leaves_nothing_to_try()
    {
        var prober = new Prober(Plan(80) with { Socket = new SocketSettings { Source = IPAddress.IPv6Loopback } }, TimeProvider.System) { Ask = Answers("127.0.0.1") };
        ToolException none = await Assert.ThrowsAsync<ToolException>(() => prober.RunAsync(Ct));
        Assert.Equal("db.example has no IPv6 address; it has 127.0.0.1", none.Message);
    }

    [Fact]
    public async Task An_address_that_is_not_ours_is_refused_as_source()
    {
        var prober = new Prober(Plan(80) with { Socket = new SocketSettings { Source = IPAddress.Parse("192.0.2.1") } }, TimeProvider.System) { Ask = Answers("127.0.0.1") };
        Assert.Equal("--source 192.0.2.1: this host has no such address", (await Assert.ThrowsAsync<ToolException>(() => prober.RunAsync(Ct))).Message);
    }

    [Fact]
    public async Task Stopped_early_it_tells_what_has_ended()
    {
        await using Peer peer = Peer.Silent();
        using var stop = new CancellationTokenSource();
        ProbeResult result = await new Prober(Plan(peer.Port) with { Count = 1000 }, TimeProvider.System)
        {
            Ask = Answers("127.0.0.1"),
            OnAttempt = _ => stop.Cancel(),
        }.RunAsync(stop.Token);
        Assert.InRange(Assert.Single(result.Addresses).Attempts.Count, 1, 2);
    }

    private static Prober Probe(int port, params string[] addresses) => new(Plan(port), TimeProvider.System) { Ask = Answers(addresses) };

    private static ProbePlan Plan(int port) => new()
    {
        Target = new ProbeTarget("db.example", port),
        Count = 3,
        Listening = TimeSpan.FromMilliseconds(20),
        WatchKernel = false,
    };

    private static Func<string, AddressFamily, CancellationToken, Task<Resolved>> Answers(params string[] addresses) =>
        (_, family, _) => Task.FromResult(new Resolved(family, family == AddressFamily.InterNetworkV6 ? [] : [.. addresses.Select(IPAddress.Parse)], TimeSpan.FromMilliseconds(2),
            family == AddressFamily.InterNetworkV6 || addresses.Length == 0 ? "no such name" : null));
}
