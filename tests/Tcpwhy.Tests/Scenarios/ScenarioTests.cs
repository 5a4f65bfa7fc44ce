using Tcpwhy.Diagnosis;
using Tcpwhy.Model;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.Tests.Scenarios;

public class ScenarioTests
{
    /// <summary>Of one end alone nobody can be surer than this of a cause that is not the real one.</summary>
    private const double Modest = 0.6;

    public static TheoryData<string> Recordings => [.. Scenario.All];

    public static TheoryData<string, View> Sides => [.. Scenario.All.SelectMany(name => Enum.GetValues<View>().Select(view => (name, view)))];

    [Theory, MemberData(nameof(Recordings))]
    public void A_recording_leads_to_its_findings(string scenario) =>
        Matches(scenario, Scenario.Judge(Scenario.Read(scenario)));

    [Theory, MemberData(nameof(Recordings))]
    public void The_first_finding_names_the_cause_and_counts_every_connection(string scenario)
    {
        Answer answer = Scenario.Judge(Scenario.Read(scenario));

        string cause = Scenario.CauseOf(scenario);
        Assert.Equal(cause, answer.Findings[0].Cause);
        int broken = answer.Findings.Where(finding => finding.Cause == cause).Sum(finding => finding.Count);
        if (cause is "connection-churn")
            Assert.Equal(211, broken);
        else if (cause is "time-wait-accumulation")
            Assert.Equal(5, broken);
        else if (cause is "port-scan-noise")
            Assert.Equal(11, broken);
        else if (cause is "healthcheck-noise" or "unknown-timeout")
            Assert.InRange(broken, 1, 5);
        else
            Assert.Equal(3, broken);
        Assert.DoesNotContain(answer.Findings, finding => finding.Cause != cause && finding.Severity > Severity.Info);
    }

    [Theory, MemberData(nameof(Sides))]
    public void One_side_alone_leads_to_its_findings(string scenario, View view)
    {
        string name = $"{scenario}.{(view == View.ClientOnly ? "client-only" : "server-only")}";
        Matches(name, Scenario.Judge(Scenario.SeenOnlyBy(view, Scenario.Read(scenario))));
    }

    [Theory, MemberData(nameof(Sides))]
    public void One_side_alone_is_not_sure_of_a_wrong_cause(string scenario, View view)
    {
        Answer answer = Scenario.Judge(Scenario.SeenOnlyBy(view, Scenario.Read(scenario)));

        string cause = Scenario.CauseOf(scenario);
        string[] trouble = [.. Catalogue.All.Where(one => !one.IsNormal && !one.Id.StartsWith("unknown-", StringComparison.Ordinal)).Select(one => one.Id)];
        foreach (Finding finding in answer.Findings.Where(finding => finding.Cause != cause && trouble.Contains(finding.Cause)))
        {
            Assert.True(finding.Confidence <= Modest, $"{finding.Cause} {finding.Confidence}");
            Assert.NotNull(finding.SettlesIt);
        }
    }

    private static void Matches(string name, Answer answer) => Golden.Matches($"../Scenarios/{name}.txt", FindingLines.Of(answer));
}
