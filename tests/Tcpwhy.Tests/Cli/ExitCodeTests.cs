using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public class ExitCodeTests
{
    [Theory]
    [InlineData("unknown command 'diagnos'; did you mean 'diagnose'?", "diagnos")]
    [InlineData("unknown command 'fly'", "fly")]
    [InlineData("unknown option '--formt'; did you mean '--format'?", "diagnose", "--formt", "json")]
    [InlineData("unknown option '--colour'; did you mean '--color'?", "doctor", "--colour", "never")]
    [InlineData("--format takes text, json, ndjson, not 'yaml'", "diagnose", "--format", "yaml")]
    [InlineData("--format takes text, json, not 'ndjson'", "doctor", "--format", "ndjson")]
    [InlineData("--lang takes ko, en, not 'fr'", "doctor", "--lang", "fr")]
    [InlineData("--duration takes a duration as 500ms, 30s, 5m or 2h, not '30'", "diagnose", "--duration", "30")]
    [InlineData("--fail-on takes critical, warning, info, not 'all'", "diagnose", "--fail-on", "all")]
    [InlineData("unexpected word 'now'", "doctor", "now")]
    [InlineData("a command is missing; 'tcpwhy --help' lists them", "--lang", "en")]
    [InlineData("no such file: absent.pcap", "diagnose", "absent.pcap")]
    [InlineData("no cause is called 'server-close-unraed'; did you mean server-close-unread?", "explain", "server-close-unraed")]
    [InlineData("no cause is called 'zzz'; 'tcpwhy explain' lists them all", "explain", "zzz")]
    [InlineData("모르는 명령 'diagnos'. 혹시 'diagnose'?", "diagnos", "--lang", "ko")]
    public void A_wrong_command_line_is_one_line_on_stderr_and_2(string complaint, params string[] arguments)
    {
        Run run = Run.Of(arguments);

        Assert.Equal(new Run(ExitCode.Usage, "", $"tcpwhy: {complaint}\n"), run);
    }

    [Theory]
    [InlineData("critical", ExitCode.Findings)]
    [InlineData("warning", ExitCode.Findings)]
    [InlineData("info", ExitCode.Findings)]
    public void A_finding_at_or_above_the_threshold_is_1(string threshold, int status) =>
        Assert.Equal(status, Run.Of("diagnose", "--fail-on", threshold).Status);

    [Fact]
    public void A_finding_below_the_threshold_is_0() =>
        Assert.Equal(ExitCode.Done, Run.With(Examples.Broken with { Findings = [Examples.SlowAccept] }, "diagnose", "--fail-on", "critical").Status);

    [Fact]
    public void Findings_without_a_threshold_are_0() => Assert.Equal(ExitCode.Done, Run.Of("diagnose").Status);

    [Fact]
    public void What_the_tool_cannot_do_is_one_line_and_its_code()
    {
        Run run = Run.With((_, _) => throw new ToolException("no privilege\nat all", ExitCode.PrivilegeMissing), [], "diagnose");

        Assert.Equal(new Run(ExitCode.PrivilegeMissing, "", "tcpwhy: no privilege at all\n"), run);
    }

    [Fact]
    public void A_defect_shows_its_stack_and_is_70()
    {
        Run run = Run.With((_, _) => throw new InvalidOperationException("oops"), [], "diagnose");

        Assert.Equal(ExitCode.Bug, run.Status);
        Assert.Contains("System.InvalidOperationException: oops", run.Error);
        Assert.Contains(nameof(A_defect_shows_its_stack_and_is_70), run.Error);
    }

    [Fact]
    public void A_malformed_file_is_2() =>
        Assert.Equal(ExitCode.Usage, Run.With((_, _) => throw new InvalidDataException("line 3: no event"), [], "diagnose").Status);

    [Fact]
    public void No_arguments_show_the_help() => Assert.Equal(Run.Of("--help"), Run.Of());

    [Fact]
    public void Version_is_one_line() => Assert.Equal(new Run(ExitCode.Done, "tcpwhy 0.1.0\n", ""), Run.Of("--version"));
}
