using Tcpwhy.Lab.Healthy;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>Of healthy traffic there is nothing to say: at most what is marked as normal life.</summary>
public class SilenceTests(HealthyLife life) : IClassFixture<HealthyLife>
{
    public static TheoryData<string> Traffic => [.. HealthyCatalogue.All.Select(traffic => traffic.Name), HealthyLife.Mixture];

    [Theory, MemberData(nameof(Traffic))]
    public void Gives_no_warning(string name)
    {
        HealthyLife.Lived lived = life.Of(name);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {lived.Requests} requests, {lived.Errors} errors{TrialAssert.Of(lived.Findings)}");
        Assert.True(lived.Requests > 20, $"{lived.Requests} requests");
        List<Finding> alarms = [.. lived.Findings.Where(finding => finding.Severity > Severity.Info)];
        Assert.True(alarms.Count == 0, $"{name}, {lived.Requests} requests: {TrialAssert.Of(alarms)}");
    }

    [Fact]
    public void Nothing_was_lost() => Assert.Equal(0, life.Answer.Lost);
}
