using System.Text.RegularExpressions;
using Tcpwhy.Balancers;
using Tcpwhy.Cli.Commands;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.Tests.Balancers;

/// <summary>Configurations in which each contradiction that was planted is marked on its line, <c># !rule</c> (or on the line before), and which have no other.</summary>
public partial class CorpusTests
{
    private static readonly string corpus = Path.Combine(Golden.Repository, "tests/Tcpwhy.Tests/Balancers/Corpus");

    /// <summary>All files but parts that others include or go with.</summary>
    public static TheoryData<string> Configurations => [.. Directory.EnumerateFiles(corpus, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetExtension(path) is ".cfg" or ".conf" && !Path.GetFileName(path).StartsWith("part-", StringComparison.Ordinal))
        .Select(path => Path.GetRelativePath(corpus, path)).Order(StringComparer.Ordinal)];

    [Fact]
    public void There_are_enough() => Assert.True(Configurations.Count >= 45, $"{Configurations.Count}");

    [Fact]
    public void Each_rule_is_planted_somewhere() =>
        Assert.Empty(Lint.Rules.Select(rule => rule.Id).Except(Configurations.SelectMany(name => Expected(Paths(name.Data)).Select(mark => mark.Rule))));

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Every_planted_contradiction_is_found_and_no_other(string name)
    {
        string[] paths = Paths(name);
        Chain chain = ChainOf(paths);

        Assert.Equal(
            Expected(paths).Order(),
            Lint.Check(chain).Select(problem => (File: problem.File is null ? "" : Path.GetFullPath(problem.File.Path), problem.Line, problem.Rule)).Distinct().Order());
    }

    [Theory]
    [MemberData(nameof(Configurations))]
    public void Corrections_leave_none_of_what_they_correct(string name)
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("tcpwhy-test-");
        try
        {
            string source = Path.GetDirectoryName(Path.Combine(corpus, name))!;
            foreach (string file in Directory.EnumerateFiles(source))
                File.Copy(file, Path.Combine(directory.FullName, Path.GetFileName(file)));
            string[] paths = [.. Paths(name).Select(path => Path.Combine(directory.FullName, Path.GetFileName(path)))];
            // One correction may wait for another that touches the same line.
            for (int round = 0; round < 3; round++)
            {
                ConfigurationSet set = ConfigurationSet.Read(paths);
                foreach ((var file, string text) in new Repair(set, Lint.Check(ChainOf(paths))).Files.ToList())
                    File.WriteAllText(file.Path, text);
            }
            Assert.Empty(Lint.Check(ChainOf(paths)).Where(problem => problem.Edits.Count > 0).Select(problem => $"{problem.Rule} {problem.Line} {problem.Text}"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static string[] Paths(string name)
    {
        string path = Path.Combine(corpus, name);
        Match with = With().Match(File.ReadAllText(path));
        return with.Success ? [path, Path.Combine(Path.GetDirectoryName(path)!, with.Groups[1].Value)] : [path];
    }

    private static Chain ChainOf(string[] paths)
    {
        ConfigurationSet set = ConfigurationSet.Read(paths);
        Match options = Options().Match(File.ReadAllText(paths[0]));
        Front front = Front.Known[0];
        TimeSpan? clientIdle = null;
        List<KnownServer> servers = [];
        ProgramVersion version = new(1, 22, 1);
        string[] words = options.Success ? options.Groups[1].Value.Split(' ') : [];
        for (int i = 0; i + 1 < words.Length; i += 2)
        {
            switch (words[i])
            {
                case "--front":
                    front = Front.Find(words[i + 1])!;
                    break;
                case "--client-idle":
                    clientIdle = Span(words[i + 1]);
                    break;
                case "--server":
                    servers.Add(KnownServer.Parse(words[i + 1], Span));
                    break;
                case "--target-version":
                    version = ProgramVersion.Parse(words[i + 1])!.Value;
                    break;
                default:
                    Assert.Fail($"{paths[0]}: what is {words[i]}?");
                    break;
            }
        }
        if (clientIdle is { } idle && front.Kind == FrontKind.None)
            front = front with { Kind = FrontKind.Pools, Idle = idle };
        return new Chain { ClientIdle = clientIdle, Front = front, Haproxy = set.Haproxy, Nginx = set.Nginx, Kernel = set.Kernel, Servers = servers, NginxVersion = version };
    }

    private static TimeSpan? Span(string text) => Duration.TryParse(text, out TimeSpan span) ? span : null;

    private static HashSet<(string File, int Line, string Rule)> Expected(string[] paths)
    {
        HashSet<(string, int, string)> marks = [];
        ConfigurationSet set = ConfigurationSet.Read(paths);
        foreach (string path in paths.Concat(set.Nginx.SelectMany(nginx => nginx.Files).Select(file => file.Path)).Select(Path.GetFullPath).Distinct())
        {
            string[] lines = File.ReadAllLines(path);
            for (int i = 0; i < lines.Length; i++)
            {
                if (lines[i].StartsWith("# expect: ", StringComparison.Ordinal))
                    marks.Add(("", 0, lines[i]["# expect: ".Length..]));
                foreach (Match mark in Mark().Matches(lines[i]))
                    marks.Add((path, lines[i].TrimStart()[0] == '#' ? i + 2 : i + 1, mark.Groups[1].Value));
            }
        }
        return marks;
    }

    [GeneratedRegex("^# lint: (.*)$", RegexOptions.Multiline)]
    private static partial Regex Options();

    [GeneratedRegex("^# with: (.*)$", RegexOptions.Multiline)]
    private static partial Regex With();

    [GeneratedRegex("(?<=#.*)!([a-z-]+)")]
    private static partial Regex Mark();
}
