using System.Net;
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

    static IdleAnswer Search(Network network, IPAddress address, string? path)
    {
        var target = new IdleTarget { Remote = new Endpoint(address, Port), HostName = address.ToString(), Path = path };
        var client = new NetworkNamespace(network.Client.Netns) { Path = $"/run/netns/{network.Client.Name}" };
        return client.Run(() => new IdleSearch(target, TimeSpan.FromSeconds(20)).Run(Ct));
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
