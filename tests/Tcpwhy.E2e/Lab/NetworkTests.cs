using System.Diagnostics;
using Tcpwhy.Lab;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.E2e.Lab;

public class NetworkTests
{
    static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Leaves_nothing_behind()
    {
        Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        Actor actor = await network.StartActorAsync(network.Server, "orders-api", Ct);
        Assert.True(File.Exists($"/run/netns/{network.Client.Name}"));

        await network.DisposeAsync();

        Assert.False(File.Exists($"/run/netns/{network.Client.Name}"));
        Assert.False(Directory.Exists(network.Directory));
        Assert.False(Directory.Exists($"/proc/{actor.Info.Pid}"));
    }

    [Fact]
    public async Task Removes_what_a_crashed_run_has_left()
    {
        await using Network network = await LabUnderTest.NetworkAsync(Requirements.Network);
        // No process has this pid: pid_max is at most 4194304.
        const string leftover = "tcpwhy-4194999-7-c";
        using (Process add = Process.Start("ip", ["netns", "add", leftover]))
            await add.WaitForExitAsync(Ct);
        using Process inhabitant = Process.Start("ip", ["netns", "exec", leftover, "sleep", "60"]);
        await Task.Delay(200, Ct);

        Network.RemoveLeftovers();

        Assert.False(File.Exists($"/run/netns/{leftover}"));
        await inhabitant.WaitForExitAsync(Ct).WaitAsync(TimeSpan.FromSeconds(5), Ct);
        Assert.True(File.Exists($"/run/netns/{network.Client.Name}"));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Two_stand_side_by_side_and_each_carries_traffic(bool ipv6)
    {
        await using Network one = await LabUnderTest.NetworkAsync(Requirements.Network);
        await using Network two = await LabUnderTest.NetworkAsync(Requirements.Network);
        Assert.NotEqual(one.Server.Address(ipv6), two.Server.Address(ipv6));
        foreach (Network network in new[] { one, two })
        {
            Actor server = await network.StartActorAsync(network.Server, "a", Ct), client = await network.StartActorAsync(network.Client, "b", Ct);
            var service = new Endpoint(network.Server.Address(ipv6), 80);
            await (await server.ListenAsync(service, Ct)).ServeAsync(100, 200, TimeSpan.Zero, Ct);
            ActorSocket socket = await client.ConnectAsync(service, Ct);
            Assert.Equal(new Reply("OK", 200), await socket.ExchangeAsync(100, 200, null, Ct));
        }
    }

    [Fact]
    public void Knows_no_fault_twice() =>
        Assert.Equal(FaultCatalogue.All.Count, FaultCatalogue.All.Select(fault => fault.Cause).Distinct().Count());

    [Fact]
    public void Says_what_is_missing()
    {
        var missing = Assert.Throws<RequirementMissingException>(() => Requirements.Check(["no-such-program", "sh"]));
        Assert.Equal(["no-such-program"], missing.Missing);
    }
}
