using System.Text.Json;
using Tcpwhy.Balancers;
using Tcpwhy.Balancers.Reading;
using Tcpwhy.Tests.Cli;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests.Balancers;

public class LintTests
{
    private static readonly string planted = Path.Combine(Golden.Repository, "tests/Tcpwhy.Tests/Balancers/Corpus/planted");

    [Theory]
    [InlineData("x.cfg", "option httpclose\n", "x.cfg:1: 'option' stands before any section")]
    [InlineData("x.cfg", "defaults\n  timeout client 5x\n", "x.cfg:2: '5x' is no time")]
    [InlineData("x.cfg", "global\n  setenv A \"b\n", "x.cfg:2: the quote \" is not closed")]
    [InlineData("x.cfg", "global\n\n  setenv A 'b\n", "x.cfg:3: the quote ' is not closed")]
    [InlineData("x.cfg", "defaults\n  log a\\\n", "x.cfg:2: a backslash at the end")]
    [InlineData("x.cfg", "defaults\n  log \"${a\"\n", "x.cfg:2: ${ is not closed")]
    [InlineData("x.cfg", "frontend\n", "x.cfg:1: 'frontend' needs a name")]
    [InlineData("x.cfg", "backend a from b\n", "x.cfg:1: there are no defaults called 'b'")]
    [InlineData("x.conf", "http {\n  server {\n", "x.conf:2: this block is not closed")]
    [InlineData("x.conf", "http { }\n}\n", "x.conf:2: this } closes no block")]
    [InlineData("x.conf", "http {\n  keepalive_timeout 65\n}\n", "x.conf:2: 'keepalive_timeout' is not ended by a semicolon")]
    [InlineData("x.conf", "http {\n  keepalive_timeout abc; server { listen 80; }\n}\n", "x.conf:2: 'abc' is no time")]
    [InlineData("x.conf", "events {}\nhttp { a \"b; }\n", "x.conf:2: the quote \" is not closed")]
    [InlineData("x.conf", "http { a \"b\"c; }\n", "x.conf:1: a quoted word is followed by more")]
    [InlineData("x.conf", "http { ; }\n", "x.conf:1: a directive is missing before ;")]
    [InlineData("x.conf", "http { include x.conf; }\n", "x.conf:1: files include each other without end")]
    [InlineData("x.conf", "http { include; }\n", "x.conf:1: include takes one file or pattern")]
    [InlineData("x.conf", "net.core.somaxconn 4096\n", "x.conf:1: 'net.core.somaxconn 4096' is no setting: key = value is expected")]
    [InlineData("x.conf", "a.b = 1\nwhat is this = 2\n", "x.conf:2: 'what is this = 2' is no setting")]
    [InlineData("x.conf", "a\0b", "x.conf: is no text: byte 1 is 0")]
    public void A_malformed_file_is_one_line_with_its_place(string name, string text, string complaint) => InDirectory(directory =>
    {
        File.WriteAllText(Path.Combine(directory, name), text);
        Run run = Run.Of("lint", Path.Combine(directory, name), "--front", "alb");
        Assert.Equal("", run.Out);
        Assert.Equal(ExitCode.Usage, run.Status);
        Assert.StartsWith($"tcpwhy: {directory}/{complaint}", Assert.Single(run.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    });

    /// <summary>Whatever stands in a file, it is read or refused in one line; nothing else.</summary>
    [Fact]
    public void Any_cut_or_changed_file_is_read_or_refused()
    {
        var random = new Random(7);
        string[] texts = [.. Directory.GetFiles(planted).Concat(Directory.GetFiles(Path.Combine(planted, "../sound"))).Select(File.ReadAllText)];
        const string marks = "{};\"'\\$#\n =0a";
        for (int i = 0; i < 3000; i++)
        {
            string text = texts[i % texts.Length];
            int at = random.Next(text.Length);
            text = i % 2 == 0 ? text[..at] : text[..at] + marks[random.Next(marks.Length)] + text[(at + 1)..];
            try
            {
                var file = new SourceFile("/tmp/tcpwhy-no-such-directory/x", text);
                Chain chain = (i % 3) switch
                {
                    0 => new Chain { Haproxy = HaproxySetup.Read(file) },
                    1 => new Chain { Nginx = [NginxSetup.Read(file)] },
                    _ => new Chain { Kernel = SysctlSetup.Read(file) },
                };
                foreach (Problem problem in Lint.Check(chain with { Front = Front.Find("gcp")!, Servers = [new KnownServer(null, "node", TimeSpan.FromSeconds(5))] }))
                    Assert.All(problem.Edits, edit => Assert.InRange(edit.Start + edit.Length, edit.Start, text.Length));
            }
            catch (InvalidDataException refused)
            {
                Assert.Matches("^/tmp/tcpwhy-no-such-directory/x:[0-9]+: ", refused.Message);
            }
        }
    }

    [Fact]
    public void What_is_generated_has_no_contradiction()
    {
        foreach (Front front in Front.Known)
        {
            foreach (int? keepAlive in new int?[] { null, 1, 2, 5, 20, 75, 300 })
            {
                foreach (bool http in new[] { true, false })
                {
                    var setup = new BalancerSetup
                    {
                        Backends = Backend.ParseAll(["10.0.0.1:80", "10.0.0.2:80", "[fd00::1]:80"]),
                        ListenPort = 80,
                        Front = front,
                        Http = http,
                        BackendKeepAlive = keepAlive is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                        MaxConnections = 100,
                        WebSocketPath = http ? "/ws/" : null,
                    };
                    var chain = new Chain
                    {
                        Front = front,
                        Haproxy = HaproxySetup.Read(new SourceFile("haproxy.cfg", HaproxyConfiguration.Write(setup, new ProgramVersion(2, 6, 12)))),
                        Nginx = [NginxSetup.Read(new SourceFile("nginx.conf", NginxConfiguration.Write(setup, new ProgramVersion(1, 22, 1), NginxPlaces.Usual)))],
                        Servers = [new KnownServer(null, "app", TimeSpan.FromSeconds(keepAlive ?? 5))],
                    };
                    // A backend that closes after 1 s gets a pool of half a second: as good as none, and said in the file.
                    Assert.Empty(Lint.Check(chain).Select(problem => $"{front.Word} {keepAlive} {http} {problem.Rule}:{problem.Line} {problem.Text}"));
                }
            }
        }
    }

    [Fact]
    public void Each_sentence_is_known_in_Korean()
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(Golden.Repository, "src/Tcpwhy/Balancers"), "*.cs", SearchOption.AllDirectories))
        {
            foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(file), """(?:new Phrase|=>\s*new)\("((?:[^"\\]|\\.)*)"[,)]"""))
            {
                string phrase = System.Text.RegularExpressions.Regex.Unescape(match.Groups[1].Value);
                Assert.True(Translations.Knows(phrase), $"no line in ko.txt for: {phrase}");
                for (int place = 0; place < 5; place++)
                    Assert.Equal(phrase.Contains($"{{{place}}}", StringComparison.Ordinal), Translations.Get(Language.Korean, phrase).Contains($"{{{place}}}", StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Severities_decide_the_exit_code()
    {
        string file = Path.Combine(planted, "nginx-nopool.conf");
        Assert.Equal(ExitCode.Done, Run.Of("lint", file).Status);
        Assert.Equal(ExitCode.Done, Run.Of("lint", file, "--fail-on", "warning").Status);
        Assert.Equal(ExitCode.Findings, Run.Of("lint", file, "--fail-on", "info").Status);
    }

    [Theory]
    [InlineData("/no/such/file", "/no/such/file: no such file")]
    [InlineData("/proc", "/proc: no .cfg or .conf file in it")]
    public void A_file_that_is_not_there_is_one_line(string path, string complaint)
    {
        Run run = Run.Of("lint", path);
        Assert.Equal((ExitCode.Usage, $"tcpwhy: {complaint}\n"), (run.Status, run.Error));
    }

    [Theory]
    [InlineData("nodejs", "the keep-alive time of 'nodejs' is not known; say nodejs=TIME; did you mean 'node'?")]
    [InlineData("node=5", "'5' is no time, as 5s or 75s")]
    [InlineData("=5s", "NAME=TIME is expected")]
    public void A_server_that_is_not_known_is_one_line(string server, string complaint)
    {
        Run run = Run.Of("lint", Path.Combine(planted, "nginx-nopool.conf"), "--server", server);
        Assert.Equal(ExitCode.Usage, run.Status);
        Assert.Contains(complaint, Assert.Single(run.Error.TrimEnd('\n').Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public void Fix_writes_only_when_told_and_keeps_what_was_there() => InDirectory(directory =>
    {
        string file = Path.Combine(directory, "haproxy.cfg");
        File.Copy(Path.Combine(planted, "haproxy-front.cfg"), file);
        string before = File.ReadAllText(file);

        Run dry = Run.Of("lint", file, "--front", "alb", "--fix", "--dry-run");
        Assert.Equal(ExitCode.Done, dry.Status);
        Assert.Contains("\n-    timeout http-keep-alive 10s # !front-outlives-keepalive\n+    timeout http-keep-alive 75s # !front-outlives-keepalive\n", dry.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, Run.Of("lint", file, "--front", "alb", "--fix").Status);
        Assert.Equal(before, File.ReadAllText(file));
        Assert.Single(Directory.GetFiles(directory));

        Assert.Equal(ExitCode.Done, Run.Of("lint", file, "--front", "alb", "--fix", "--yes").Status);
        Assert.Equal(before.Replace("http-keep-alive 10s", "http-keep-alive 75s", StringComparison.Ordinal), File.ReadAllText(file));
        Assert.Equal(before, File.ReadAllText(Assert.Single(Directory.GetFiles(directory, "*.bak"))));
        Assert.StartsWith("✓ No contradiction in 1 file.", Run.Of("lint", file, "--front", "alb").Out, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("a\nb\nc\n", "a\nb\nc\n")]
    [InlineData("a\nb\nc\n", "a\nc\n", "@@ -1,4 +1,3 @@", " a", "-b", " c", " ")]
    [InlineData("a\n", "a\nb\n", "@@ -1,2 +1,3 @@", " a", "+b", " ")]
    public void A_difference_reads_as_diff_shows_it(string before, string after, params string[] lines) => Assert.Equal(lines, Difference.Of(before, after));

    /// <summary>Paths are shown as they were given: those of the golden files are as long as those here.</summary>
    [Theory]
    [InlineData("lint.txt", "text", "en")]
    [InlineData("lint.ko.txt", "text", "ko")]
    [InlineData("lint.json", "json", "en")]
    [InlineData("lint.sarif.json", "sarif", "en")]
    public void Output_is_as_recorded(string file, string format, string language)
    {
        string directory = $"/tmp/lint-{Environment.ProcessId:D7}";
        Directory.CreateDirectory(directory);
        try
        {
            foreach (string name in new[] { "seed-haproxy.cfg", "seed-nginx.conf", "part-conntrack.sysctl.conf" })
                File.Copy(Path.Combine(planted, name), Path.Combine(directory, name));
            Run run = Run.Of("lint", $"{directory}/seed-haproxy.cfg", $"{directory}/seed-nginx.conf", $"{directory}/part-conntrack.sysctl.conf",
                "--front", "alb", "--server", "node=5s", "--format", format, "--lang", language);

            Assert.Equal("", run.Error);
            Golden.Matches(file, run.Out.Replace(directory, "/etc/lint-0000000", StringComparison.Ordinal));
            if (format == "json")
                Assert.Empty(JsonSchema.Errors(JsonDocument.Parse(File.ReadAllText(Path.Combine(Golden.Repository, "docs/schemas/lint.json"))).RootElement, JsonDocument.Parse(run.Out).RootElement));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public void Sarif_names_each_rule_place_and_correction()
    {
        JsonElement log = JsonDocument.Parse(Run.Of("lint", Path.Combine(planted, "seed-haproxy.cfg"), "--format", "sarif").Out).RootElement;
        Assert.Equal("2.1.0", log.GetProperty("version").GetString());
        JsonElement run = log.GetProperty("runs")[0];
        JsonElement rules = run.GetProperty("tool").GetProperty("driver").GetProperty("rules");
        Assert.Equal(Lint.Rules.Count, rules.GetArrayLength());
        foreach (JsonElement result in run.GetProperty("results").EnumerateArray())
        {
            Assert.Equal(result.GetProperty("ruleId").GetString(), rules[result.GetProperty("ruleIndex").GetInt32()].GetProperty("id").GetString());
            Assert.Contains(result.GetProperty("level").GetString(), new[] { "error", "warning", "note" });
            JsonElement place = result.GetProperty("locations")[0].GetProperty("physicalLocation");
            Assert.StartsWith("file:///", place.GetProperty("artifactLocation").GetProperty("uri").GetString(), StringComparison.Ordinal);
            Assert.True(place.GetProperty("region").GetProperty("startLine").GetInt32() > 1);
        }
        Assert.Contains(run.GetProperty("results").EnumerateArray(), result => result.GetProperty("ruleId").GetString() == "httpclose"
            && result.GetProperty("fixes")[0].GetProperty("artifactChanges")[0].GetProperty("replacements")[0].GetProperty("insertedContent").GetProperty("text").GetString() == "");
    }

    private static void InDirectory(Action<string> test)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("tcpwhy-test-");
        try
        {
            test(directory.FullName);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
