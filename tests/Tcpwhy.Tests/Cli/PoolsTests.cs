using System.Text.Json;
using Tcpwhy.Cli.Commands;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Pools;
using Tcpwhy.Tests.Pools;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class PoolsTests
{
    [Theory]
    [InlineData("pools.txt")]
    [InlineData("pools.ko.txt", "--lang", "ko")]
    [InlineData("pools.json", "--format", "json")]
    [InlineData("pools.redacted.txt", "--redact")]
    [InlineData("help.pools.txt", "--help")]
    public void Output_is_as_recorded(string file, params string[] arguments)
    {
        Run run = Of(PoolExamples.Broken, arguments);

        Assert.Equal((ExitCode.Done, ""), (run.Status, run.Error));
        Golden.Matches(file, run.Out);
        if (!file.EndsWith("json", StringComparison.Ordinal))
            Assert.All(run.Out.Split('\n'), line => Assert.True(DisplayWidth.Of(line) <= 80, line));
    }

    [Theory]
    [InlineData("pools.quiet.txt", false)]
    [InlineData("pools.empty.txt", true)]
    public void Nothing_wrong_is_said_in_a_line(string file, bool empty) =>
        Golden.Matches(file, Of(empty ? PoolExamples.Empty : PoolExamples.Healthy).Out);

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Json_keeps_its_schema(string language)
    {
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/pools.json"))).RootElement;

        foreach (PoolReport report in new[] { PoolExamples.Broken, PoolExamples.Healthy, PoolExamples.Empty })
            Assert.Empty(JsonSchema.Errors(schema, JsonDocument.Parse(Of(report, "--format", "json", "--lang", language).Out).RootElement));
    }

    [Theory]
    [InlineData("critical", ExitCode.Done)]
    [InlineData("warning", ExitCode.Findings)]
    public void A_verdict_at_or_above_the_threshold_is_1(string severity, int status) =>
        Assert.Equal(status, Of(PoolExamples.Broken, "--fail-on", severity).Status);

    [Fact]
    public void A_healthy_pool_fails_nothing() => Assert.Equal(ExitCode.Done, Of(PoolExamples.Healthy, "--fail-on", "info").Status);

    [Theory]
    [InlineData("--interval: longer than half the duration (1.0 s), so there is nothing to compare", "--duration", "1s", "--interval", "600ms")]
    [InlineData("--duration takes a duration as 500ms, 30s, 5m or 2h, not '9'", "--duration", "9")]
    public void A_wrong_option_is_one_line(string complaint, params string[] arguments) =>
        Assert.Equal(new Run(ExitCode.Usage, "", $"tcpwhy: {complaint}\n"), Of(PoolExamples.Empty, arguments));

    private static Run Of(PoolReport report, params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        Session session = new() { Out = output, Error = error, Variable = _ => null };
        int status = CommandLine.Run(session, ["pools", .. arguments], new PoolsCommand(session) { Watch = (_, _, _) => report });
        return new Run(status, output.ToString(), error.ToString());
    }
}
