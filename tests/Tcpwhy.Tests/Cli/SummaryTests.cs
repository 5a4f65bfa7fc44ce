using System.Text.Json;
using Tcpwhy.Cli.Commands;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Readings;
using Tcpwhy.Tests.Readings;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class SummaryTests
{
    [Theory]
    [InlineData("summary.txt")]
    [InlineData("summary.ko.txt", "--lang", "ko")]
    [InlineData("summary.redacted.txt", "--redact", "--top", "1")]
    [InlineData("summary.json", "--format", "json")]
    [InlineData("help.summary.txt", "--help")]
    public void Output_is_as_recorded(string file, params string[] arguments)
    {
        Run run = Of(ReadingExamples.Crowded, arguments);

        Assert.Equal((ExitCode.Done, ""), (run.Status, run.Error));
        Golden.Matches(file, run.Out);
        if (!file.EndsWith("json", StringComparison.Ordinal))
            Assert.All(run.Out.Split('\n'), line => Assert.True(DisplayWidth.Of(line) <= 80, line));
    }

    [Fact]
    public void A_quiet_host_is_told_in_few_lines() => Golden.Matches("summary.quiet.txt", Of(ReadingExamples.Quiet).Out);

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Json_keeps_its_schema(string language)
    {
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/summary.json"))).RootElement;

        foreach (Reading reading in new[] { ReadingExamples.Crowded, ReadingExamples.Quiet })
            Assert.Empty(JsonSchema.Errors(schema, JsonDocument.Parse(Of(reading, "--format", "json", "--lang", language).Out).RootElement));
    }

    [Theory]
    [InlineData("30000", "50000", "90%", 6)]
    [InlineData("26116", "25011", "1%", 9)]
    public void Thresholds_are_what_is_asked_for(string connections, string timeWait, string near, int least)
    {
        Run run = Of(ReadingExamples.Crowded, "--max-connections", connections, "--max-time-wait", timeWait, "--near", near, "--format", "json");
        var kinds = JsonDocument.Parse(run.Out).RootElement.GetProperty("warnings").EnumerateArray().Select(one => one.GetProperty("kind").GetString()!).ToList();

        Assert.Equal(connections == "26116", kinds.Contains("connections"));
        Assert.Equal(timeWait == "25011", kinds.Contains("time-wait-count"));
        Assert.Equal(near == "1%", kinds.Contains("tcp-memory-pages"));
        Assert.True(kinds.Count >= least - 1, string.Join(' ', kinds));
    }

    [Theory]
    [InlineData("--near takes a share as 80%, not '0.8'", "--near", "0.8")]
    [InlineData("--top takes a number from 1 to 20, not '0'", "--top", "0")]
    public void A_wrong_option_is_one_line(string complaint, params string[] arguments) =>
        Assert.Equal(new Run(ExitCode.Usage, "", $"tcpwhy: {complaint}\n"), Of(ReadingExamples.Quiet, arguments));

    private static Run Of(Reading reading, params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        Session session = new() { Out = output, Error = error, Variable = _ => null };
        int status = CommandLine.Run(session, ["summary", .. arguments], new SummaryCommand(session) { Read = (_, _, _) => reading });
        return new Run(status, output.ToString(), error.ToString());
    }
}
