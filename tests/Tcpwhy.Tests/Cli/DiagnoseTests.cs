using System.Text.Json;
using Tcpwhy.Cli.Commands;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class DiagnoseTests
{
    private static readonly Started Begin = new() { Time = DateTimeOffset.UnixEpoch, Source = "ebpf", Kernel = "6.18.44" };

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Says_that_it_is_watching_in_a_line_that_scripts_know(string language)
    {
        Run run = Run.With((onEvent, _) => Play(onEvent), [], "diagnose", "--lang", language);

        Assert.StartsWith("watching ", run.Error);
        Assert.EndsWith("\n", run.Error);
    }

    [Fact]
    public void The_window_begins_when_watching_begins_and_ends_on_its_duration()
    {
        bool ended = false;
        Run.With(
            (onEvent, stop) =>
            {
                Assert.False(stop.IsCancellationRequested);
                Play(onEvent);
                ended = stop.WaitHandle.WaitOne(TimeSpan.FromSeconds(20));
                return Examples.Quiet;
            },
            [], "diagnose", "--duration", "20ms");

        Assert.True(ended);
    }

    [Fact]
    public void Ndjson_is_a_line_for_each_finding_and_the_summary_last()
    {
        string[] lines = Run.Of("diagnose", "--format", "ndjson").Out.TrimEnd('\n').Split('\n');

        Assert.Equal(4, lines.Length);
        Assert.All(lines[..3], line => Assert.Equal("tcpwhy.finding/1", JsonDocument.Parse(line).RootElement.GetProperty("schema").GetString()));
        JsonElement summary = JsonDocument.Parse(lines[3]).RootElement;
        Assert.Equal("tcpwhy.diagnosis/1", summary.GetProperty("schema").GetString());
        Assert.False(summary.TryGetProperty("findings", out _));
    }

    [Fact]
    public void Tells_the_file_among_the_words_from_the_filter()
    {
        string file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllText(file, "");
        try
        {
            SourceChoice choice = SourceChoice.From(["dport", "=", ":443", file]);

            Assert.Equal(file, choice.File);
            Assert.Equal(["dport", "=", ":443"], choice.Filter);
            Assert.True(SourceChoice.From(["pid", "4312"]).IsLive);
            Assert.Throws<ToolException>(() => SourceChoice.From([file, file]));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("auto", null, false)]
    [InlineData("auto", "xterm", true)]
    [InlineData("auto", "dumb", false)]
    [InlineData("always", "dumb", true)]
    [InlineData("never", "xterm", false)]
    public void Colours_are_for_terminals_and_those_who_ask(string choice, string? terminal, bool coloured)
    {
        Dictionary<string, string> variables = terminal is null ? [] : new() { ["TERM"] = terminal };

        Assert.Equal(coloured, Run.With((_, _) => Examples.Broken, variables, "diagnose", "--color", choice).Out.Contains('\e'));
    }

    [Fact]
    public void NO_COLOR_means_none() =>
        Assert.DoesNotContain('\e', Run.With((_, _) => Examples.Broken, new() { ["TERM"] = "xterm", ["NO_COLOR"] = "1" }, "diagnose").Out);

    [Theory]
    [InlineData("LC_ALL", "ko_KR.UTF-8")]
    [InlineData("LC_MESSAGES", "ko_KR.UTF-8")]
    [InlineData("LANG", "ko_KR.UTF-8")]
    public void The_locale_chooses_the_language(string variable, string locale) =>
        Assert.Equal(Run.Of("diagnose", "--lang", "ko").Out, Run.With((_, _) => Examples.Broken, new() { [variable] = locale }, "diagnose").Out);

    private static Answer Play(Action<Event>? onEvent)
    {
        onEvent?.Invoke(Begin);
        return Examples.Quiet;
    }
}
