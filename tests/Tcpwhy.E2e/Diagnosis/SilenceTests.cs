using Tcpwhy.Lab.Healthy;
using Xunit;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>Of healthy traffic there is nothing to say: at most what is marked as normal life.</summary>
public class SilenceTests(HealthyLife life) : IClassFixture<HealthyLife>
{
    public static TheoryData<string> Traffic => [.. HealthyCatalogue.All.Select(traffic => traffic.Name)];

    [Theory, MemberData(nameof(Traffic))]
    public void Gives_no_warning(string name)
    {
        HealthyTrial lived = life.Of(name);
        Assert.True(lived.Run is not null, lived.Obstacle);
        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {lived.Run.Requests} requests, {lived.Run.Errors} errors{TrialAssert.Of(lived.Findings)}");
        Assert.True(lived.Run.Requests > 20, $"{lived.Run.Requests} requests");
        Assert.True(lived.Alarms.Count == 0, $"{name}, {lived.Run.Requests} requests: {TrialAssert.Of(lived.Alarms)}");
    }

    /// <summary>nginx closes connections at a reload on which a request has just arrived.</summary>
    [Theory, MemberData(nameof(Traffic))]
    public void Loses_no_request(string name)
    {
        HealthyTrial lived = life.Of(name);
        Assert.True(lived.Run is not null, lived.Obstacle);
        if (name is not ("nginx-reload-keep-alive" or "mixture"))
            Assert.Equal(0, lived.Run.Errors);
    }

    [Fact]
    public void Nothing_was_lost_for_want_of_room() => Assert.Equal(0, life.Lost);

    /// <summary>The kernel runs no program inside itself. What an interrupt then leaves out is counted and told; most runs see none, the worst 6 in 360,000 connections, each of which runs them some twenty times.</summary>
    [Fact]
    public void An_interrupt_hardly_ever_meets_a_program_at_work()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{life.Missed} missed in {life.Opened} connections");
        Assert.True(life.Missed <= 10 + life.Opened / 20_000, $"{life.Missed} in {life.Opened} connections");
    }
}
