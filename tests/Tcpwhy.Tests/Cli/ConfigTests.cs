using System.Text.Json;
using Tcpwhy.Cli.Commands;
using Tcpwhy.Cli.Configuration;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Sources;
using Tcpwhy.Tests.Pools;
using Xunit;

namespace Tcpwhy.Tests.Cli;

public sealed class ConfigTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tcpwhy");

    [Fact]
    public void Later_sources_win()
    {
        string host = Written("host.yaml", "pools:\n  duration: 7s\n  interval: 250ms\n"), user = Written("user.yaml", "pools:\n  duration: 8s\n");

        Assert.Equal(TimeSpan.FromSeconds(7), Watched([host]));
        Assert.Equal(TimeSpan.FromSeconds(8), Watched([host, user]));
        Assert.Equal(TimeSpan.FromSeconds(9), Watched([host, user], ("TCPWHY_POOLS_DURATION", "9s")));
        Assert.Equal(TimeSpan.FromSeconds(20), Watched([host, user], ("TCPWHY_POOLS_DURATION", "9s"), "--duration", "20s"));
        Assert.Equal(TimeSpan.FromSeconds(10), Watched([]));
    }

    [Theory]
    [InlineData("pools:\n  duration: 7\n", ":2: pools.duration: --duration takes a duration as 500ms, 30s, 5m or 2h, not '7'")]
    [InlineData("# a\nlang: ko\npools:\n  duraton: 7s\n", ":4: unknown key 'pools.duraton'; did you mean 'pools.duration'?")]
    [InlineData("lnag: ko\n", ":1: unknown key 'lnag'; did you mean 'lang'?")]
    [InlineData("lang: fr\n", ":1: lang: --lang takes ko, en, not 'fr'")]
    [InlineData("pools: 3\n", ":1: 'pools' is a section: keys belong below it, as duration")]
    [InlineData("pools:\n  no-ebpf: yes\n", ":2: pools.no-ebpf: takes true or false, not 'yes'")]
    [InlineData("pools:\n  duration: [1s, 2s]\n", ":2: 'pools.duration' takes one value, not a list")]
    [InlineData("pools:\n  duration:\n", ":2: 'pools.duration' has no value")]
    [InlineData("lang: ko\nlang: en\n", ":2: 'lang' stood before")]
    [InlineData("- lang\n", ":1: keys with values are expected, as 'lang: ko'")]
    [InlineData("just words\n", ":1: keys with values are expected, as 'lang: ko'")]
    [InlineData("lang: &a ko\ncolor: *a\n", ":1: anchors are not taken here")]
    [InlineData("color: *a\n", ":1: aliases are not taken here")]
    [InlineData("lang: !!python/object/apply:os.system [id]\n", ":1: tags are not taken here")]
    [InlineData("lang: ko\n---\nlang: en\n", ":2: one document is expected")]
    [InlineData("lab:\n  run:\n    count:\n      more: 1\n", ":4: a plain value is expected")]
    public void What_is_wrong_is_told_with_its_line(string yaml, string complaint)
    {
        string file = Written("config.yaml", yaml);

        Assert.Equal(new Run(ExitCode.Usage, "", $"tcpwhy: {file}{complaint}\n"), Of([file], [], "pools"));
    }

    [Fact]
    public void Malformed_YAML_is_told_with_its_line()
    {
        string file = Written("config.yaml", "lang: ko\ncolor: [auto\n");

        Run run = Of([file], [], "pools");

        Assert.Equal(ExitCode.Usage, run.Status);
        Assert.Matches($"^tcpwhy: {file}:[23]: .+\n$", run.Error);
    }

    [Theory]
    [InlineData("TCPWHY_POOLS_DURATON", "TCPWHY_POOLS_DURATON: no such setting; did you mean 'TCPWHY_POOLS_DURATION'?")]
    [InlineData("TCPWHY_LNAG", "TCPWHY_LNAG: no such setting; did you mean 'TCPWHY_LANG'?")]
    [InlineData("TCPWHY_POOLS_DURATION", "TCPWHY_POOLS_DURATION: pools.duration: --duration takes a duration as 500ms, 30s, 5m or 2h, not 'x'")]
    public void A_wrong_variable_is_told_by_its_name(string variable, string complaint) =>
        Assert.Equal(new Run(ExitCode.Usage, "", $"tcpwhy: {complaint}\n"), Of([], [(variable, "x")], "pools"));

    [Fact]
    public void A_variable_of_somebody_else_is_left_alone() =>
        Assert.Equal(ExitCode.Done, Of([], [("TCPWHY_HEALTHY_SECONDS", "3")], "pools").Status);

    [Fact]
    public void Neither_help_nor_config_itself_stumbles_over_a_wrong_file()
    {
        string file = Written("config.yaml", "nonsense: 1\n");

        Assert.Equal(ExitCode.Done, Of([file], [], "--help").Status);
        Assert.Equal(ExitCode.Done, Of([file], [], "config", "template").Status);
        Assert.Equal(ExitCode.Usage, Of([file], [], "config", "check").Status);
    }

    [Fact]
    public void The_language_can_be_configured()
    {
        string file = Written("config.yaml", "lang: ko\n");

        Assert.StartsWith("풀 1개가 있고 건강합니다.", Of([file], [], "pools").Out);
        Assert.StartsWith("1 pool, and it is healthy.", Of([file], [], "pools", "--lang", "en").Out);
    }

    [Theory]
    [InlineData("--yes")]
    [InlineData("--force")]
    public void What_changes_the_host_cannot_be_configured(string option)
    {
        string file = Written("config.yaml", $"record:\n  {option.TrimStart('-')}: true\n");

        Assert.StartsWith($"tcpwhy: {file}:2: unknown key", Of([file], [], "pools").Error);
    }

    [Fact]
    public void A_file_that_everybody_may_write_is_not_trusted()
    {
        string file = Written("config.yaml", "lang: ko\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherWrite | UnixFileMode.OtherRead);

        Assert.Equal($"tcpwhy: {file}: everybody may write it, so it is not trusted; chmod o-w\n", Of([file], [], "pools").Error);
    }

    [Fact]
    public void Show_says_what_is_set_and_by_whom()
    {
        string file = Written("config.yaml", "lang: en\npools:\n  duration: 7s\n");

        Assert.Equal($"lang en {file}:1\npools.duration 8s TCPWHY_POOLS_DURATION\npools.redact true TCPWHY_POOLS_REDACT\n",
            Squeezed(Of([file], [("TCPWHY_POOLS_DURATION", "8s"), ("TCPWHY_POOLS_REDACT", "true")], "config", "show").Out));
        JsonElement schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/config.json"))).RootElement;
        Assert.Empty(JsonSchema.Errors(schema, JsonDocument.Parse(Of([file], [], "config", "show", "--format", "json").Out).RootElement));
        Assert.StartsWith("Nothing is set, so every option has its default.", Of([], [], "config", "show").Out);
    }

    [Fact]
    public void Check_says_that_all_is_right()
    {
        string file = Written("config.yaml", "lang: en\npools:\n  duration: 7s\n");

        Assert.Equal($"✓ 2 settings, and all are right in {file}\n", Of([], [], "config", "check", file).Out);
        Assert.Equal("tcpwhy: no such file: absent.yaml\n", Of([], [], "config", "check", "absent.yaml").Error);
    }

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void The_template_is_right_as_it_is_and_with_every_key_in_force(string language)
    {
        string template = Of([], [], "config", "template", "--lang", language).Out;
        string[] lines = template.Split('\n');
        string[] uncommented = [.. lines.Select(line => line.TrimStart() is ['#', not ' ', ..] ? line.Replace("#", "", StringComparison.Ordinal) : line).Where(line => !line.Contains('…'))];

        Assert.Equal(ExitCode.Done, Of([], [], "config", "check", Written("template.yaml", template)).Status);
        Run check = Of([], [], "config", "check", Written("all.yaml", string.Join('\n', uncommented)));
        Assert.Equal((ExitCode.Done, ""), (check.Status, check.Error));
        Assert.True(uncommented.Length > 40);
    }

    [Fact]
    public void Damaged_files_give_one_line_and_nothing_else()
    {
        string template = Of([], [], "config", "template").Out.Replace("#", "", StringComparison.Ordinal);
        var random = new Random(7);
        const string Alphabet = ":-[]{}&*!|>'\"%@`#?,\n\t x\0é\u202e";
        for (int round = 0; round < 300; round++)
        {
            char[] damaged = template[..random.Next(1, 400)].ToCharArray();
            for (int i = 0; i < 4; i++)
                damaged[random.Next(damaged.Length)] = Alphabet[random.Next(Alphabet.Length)];
            Run run = Of([], [], "config", "check", Written("damaged.yaml", new string(damaged)));
            Assert.True(run.Status is ExitCode.Done or ExitCode.Usage, run.Error);
            Assert.True(run.Error.Count(c => c == '\n') <= 1, run.Error);
        }
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private string Written(string name, string yaml)
    {
        string path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, yaml);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private static string Squeezed(string table) => System.Text.RegularExpressions.Regex.Replace(table, " +", " ");

    private static TimeSpan Watched(string[] files, (string, string)? variable = null, params string[] arguments)
    {
        TimeSpan watched = default;
        Run run = Of(files, variable is { } one ? [one] : [], (time) => watched = time, ["pools", .. arguments]);
        Assert.Equal((ExitCode.Done, ""), (run.Status, run.Error));
        return watched;
    }

    private static Run Of(string[] files, (string Name, string Value)[] variables, params string[] arguments) => Of(files, variables, _ => { }, arguments);

    private static Run Of(string[] files, (string Name, string Value)[] variables, Action<TimeSpan> onWatch, string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" };
        using StringWriter error = new() { NewLine = "\n" };
        Session session = new()
        {
            Out = output,
            Error = error,
            Variable = _ => null,
            Configuration = new ConfigSources(files, [.. variables.Select(one => KeyValuePair.Create(one.Name, one.Value))]),
        };
        int status = CommandLine.Run(session, arguments,
            new PoolsCommand(session)
            {
                Watch = (_, time, _) =>
                {
                    onWatch(time);
                    return PoolExamples.Healthy;
                },
            },
            new DiagnoseCommand(session),
            new ExplainCommand(session),
            new RecordCommand(session),
            new ConnectionsCommand(session),
            new ProbeCommand(session),
            new ListenCommand(session),
            new LabCommand(session),
            new ConfigCommand(session),
            new DoctorCommand(session, HostVisibility.Look));
        return new Run(status, output.ToString(), error.ToString());
    }
}
