using System.Text.Json;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Cli.Ui.Json;
using Tcpwhy.Probing;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class IdleTests
{
    [Theory]
    [InlineData("idle.silence.txt", Language.English)]
    [InlineData("idle.silence.ko.txt", Language.Korean)]
    public void Silence_is_as_recorded(string file, Language language) => Matches(file, IdleExamples.Silent, language);

    [Theory]
    [InlineData("idle.reuse.txt", Language.English)]
    [InlineData("idle.reuse.ko.txt", Language.Korean)]
    public void A_close_and_the_race_with_it_are_as_recorded(string file, Language language) => Matches(file, IdleExamples.Raced, language);

    [Fact]
    public void The_first_sentence_is_the_verdict()
    {
        foreach ((ProbeResult result, string verdict) in IdleExamples.Others)
            Assert.StartsWith(verdict, Text(result, Language.English).Replace('\n', ' '), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_answer_keeps_the_schema()
    {
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/probe.json"))).RootElement;
        foreach (ProbeResult result in (ProbeResult[])[IdleExamples.Silent, IdleExamples.Closed, IdleExamples.Raced, .. IdleExamples.Others.Select(one => one.Result)])
            Assert.Empty(JsonSchema.Errors(schema, Json(result)));
    }

    [Fact]
    public void Json_has_what_scripts_rely_on()
    {
        JsonElement idle = Json(IdleExamples.Silent).GetProperty("idle");
        Assert.Equal(349.6, idle.GetProperty("idle_timeout_seconds").GetDouble());
        Assert.Equal(2.8, idle.GetProperty("spread_seconds").GetDouble());
        Assert.Equal("silence", idle.GetProperty("how").GetString());
        Assert.Equal("path", idle.GetProperty("by").GetString());
        Assert.Equal(3, idle.GetProperty("fits").GetArrayLength());
        Assert.False(Json(ProbeExamples.Mixed).TryGetProperty("idle", out _));
    }

    [Theory]
    [InlineData("--reuse needs --http PATH: it sends requests", "--reuse")]
    [InlineData("--idle-max goes with --idle, or with --reuse without --idle-timeout", "--idle-max", "3s")]
    [InlineData("--idle-timeout goes with --reuse; the longest time for --idle is --idle-max", "--idle", "--idle-timeout", "3s")]
    [InlineData("--idle-max takes a duration as 500ms, 30s, 5m or 2h, not 'forever'", "--idle", "--idle-max", "forever")]
    [InlineData("--idle-max takes a duration as 500ms, 30s, 5m or 2h, not '-1s'", "--idle", "--idle-max=-1s")]
    [InlineData("--idle-max: at least 2s and at most 24h", "--idle", "--idle-max", "1s")]
    [InlineData("--idle-max: at least 2s and at most 24h", "--idle", "--idle-max", "25h")]
    [InlineData("--idle-timeout: at least 100ms", "--reuse", "--http", "/", "--idle-timeout", "50ms")]
    public void A_wrong_command_line_is_one_line_on_stderr_and_2(string complaint, params string[] arguments) =>
        Assert.Equal(new Run(ExitCode.Usage, "", $"tcpwhy: {complaint}\n"), Run.Of(["probe", "localhost:1", .. arguments]));

    private static void Matches(string file, ProbeResult result, Language language)
    {
        string text = Text(result, language);
        Golden.Matches(file, text);
        Assert.All(text.Split('\n'), line => Assert.True(DisplayWidth.Of(line) <= 80, line));
    }

    private static string Text(ProbeResult result, Language language)
    {
        using StringWriter output = new() { NewLine = "\n" };
        ProbeText.Write(result, new Screen(output, 80, colour: false, language), verbose: false);
        return output.ToString();
    }

    private static JsonElement Json(ProbeResult result) => JsonDocument.Parse(JsonText.Of(ProbeJson.Of(result, Language.English), JsonShapes.Document.ProbeJson)).RootElement;
}
