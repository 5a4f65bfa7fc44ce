using Tcpwhy.Lab;
using Tcpwhy.Lab.Healthy;
using Xunit;

namespace Tcpwhy.E2e.Lab;

public class HealthyTests
{
    public static TheoryData<string, bool> Traffic => [.. HealthyCatalogue.All.SelectMany(traffic => new[] { (traffic.Name, false), (traffic.Name, true) })];

    [Theory, MemberData(nameof(Traffic))]
    public async Task Answers_requests_and_loses_none(string name, bool ipv6)
    {
        HealthyTraffic traffic = HealthyCatalogue.Find(name)!;
        await using Network network = await LabUnderTest.NetworkAsync(traffic.Requires);

        HealthyRun run = await traffic.RunAsync(network, new Parameters { Ipv6 = ipv6 }, TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);

        Assert.True(run.Requests > 5, $"{run.Requests} requests");
        if (name != "nginx-reload-keep-alive")
            Assert.Equal(0, run.Errors);
    }
}
