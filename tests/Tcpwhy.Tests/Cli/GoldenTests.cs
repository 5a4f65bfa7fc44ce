using Xunit;

namespace Tcpwhy.Tests.Cli;

public class GoldenTests
{
    [Theory]
    [InlineData("diagnosis.txt", "diagnose")]
    [InlineData("diagnosis.ko.txt", "diagnose", "--lang", "ko")]
    [InlineData("diagnosis.redacted.txt", "diagnose", "--redact")]
    [InlineData("diagnosis.coloured.txt", "diagnose", "--color", "always")]
    [InlineData("diagnosis.json", "diagnose", "--format", "json")]
    [InlineData("diagnosis.ko.json", "diagnose", "--format", "json", "--lang", "ko")]
    [InlineData("diagnosis.ndjson", "diagnose", "--format", "ndjson")]
    [InlineData("doctor.txt", "doctor")]
    [InlineData("doctor.ko.txt", "doctor", "--lang", "ko")]
    [InlineData("doctor.json", "doctor", "--format", "json")]
    [InlineData("help.txt", "--help")]
    [InlineData("help.ko.txt", "--help", "--lang", "ko")]
    [InlineData("help.diagnose.txt", "diagnose", "--help")]
    [InlineData("help.diagnose.ko.txt", "diagnose", "--help", "--lang", "ko")]
    [InlineData("help.record.txt", "record", "--help")]
    [InlineData("help.explain.txt", "explain", "--help")]
    [InlineData("help.doctor.txt", "doctor", "--help")]
    [InlineData("help.load.txt", "load", "--help")]
    [InlineData("help.connections.txt", "connections", "--help")]
    [InlineData("help.tune.txt", "tune", "--help")]
    [InlineData("help.tune.plan.txt", "tune", "plan", "--help")]
    [InlineData("help.probe.txt", "probe", "--help")]
    [InlineData("help.probe.ko.txt", "probe", "--help", "--lang", "ko")]
    [InlineData("help.listen.txt", "listen", "--help")]
    [InlineData("help.listen.ko.txt", "listen", "--help", "--lang", "ko")]
    [InlineData("help.lint.txt", "lint", "--help")]
    [InlineData("help.generate.txt", "generate", "--help")]
    [InlineData("help.generate.ko.txt", "generate", "--help", "--lang", "ko")]
    public void Output_is_as_recorded(string file, params string[] arguments)
    {
        Run run = Run.Of(arguments);

        Assert.Equal("", run.Error);
        Assert.Equal(ExitCode.Done, run.Status);
        Golden.Matches(file, run.Out);
    }

    [Theory]
    [InlineData("quiet.txt", "en")]
    [InlineData("quiet.ko.txt", "ko")]
    public void A_quiet_window_is_one_calm_line_and_what_was_watched(string file, string language) =>
        Golden.Matches(file, Run.With(Examples.Quiet, "diagnose", "--lang", language).Out);

    [Theory]
    [InlineData("diagnose")]
    [InlineData("diagnose", "--lang", "ko")]
    [InlineData("--help", "--lang", "ko")]
    [InlineData("doctor", "--lang", "ko")]
    public void No_line_is_wider_than_80_columns(params string[] arguments)
    {
        foreach (string line in Run.Of(arguments).Out.Split('\n'))
            Assert.True(Tcpwhy.Cli.Ui.DisplayWidth.Of(line) <= 80, line);
    }
}
