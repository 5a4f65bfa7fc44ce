using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tcpwhy.Cli.Commands;
using Tcpwhy.Cli.Ui;
using Tcpwhy.Diagnosis;
using Tcpwhy.Model;
using Tcpwhy.Sources;
using Tcpwhy.Tests.Cli;
using Tcpwhy.Tests.Lab;
using Tcpwhy.Texts;
using Xunit;

namespace Tcpwhy.Tests;

/// <summary>The README says nothing by hand that the program says itself: each block behind a comment <c>output: ARGUMENTS</c>, <c>file: PATH</c> or <c>table: causes</c>, of which <c>from: LINE</c> and <c>lines: 1-20</c> may select a part, is made here and compared. UPDATE_GOLDEN=1 writes the blocks anew.</summary>
public partial class ReadmeTests
{
    private static readonly string path = Path.Combine(Golden.Repository, "README.md");

    /// <summary>A host watched by somebody who is not root: what doctor said there.</summary>
    private static readonly Visibility visitor = new("6.18.44", "nobody",
    [
        new("privileges", false, "missing CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN, CAP_SYS_PTRACE, CAP_SYS_ADMIN", [], "run it as root: sudo ./tcpwhy diagnose"),
        new("libbpf", true, "libbpf.so.1", []),
        new("types of the kernel (BTF)", true, "/sys/kernel/btf/vmlinux", []),
        new("tracepoint inet_sock_set_state", true, "tp_btf", []),
        new("tracepoint tcp_receive_reset", true, "tp_btf", []),
        new("reasons of resets sent", true, "sk_rst_reason", []),
        new("tracepoint tcp_retransmit_skb", true, "tp_btf", []),
        new("tracepoint kfree_skb", true, "tp_btf", []),
        new("tracepoint sched_process_exit", true, "tp_btf", []),
        new("cgroup v2", true, "/sys/fs/cgroup", []),
        new("list of sockets (sock_diag)", true, "NETLINK_SOCK_DIAG", []),
    ]);

    public static TheoryData<string> Blocks => [.. Block().Matches(File.ReadAllText(path)).Select(match => match.Groups["what"].Value)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Block_is_what_the_program_says(string what)
    {
        Match block = Block().Matches(File.ReadAllText(path)).Single(match => match.Groups["what"].Value == what);
        string made = Make(what);

        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            string text = File.ReadAllText(path);
            File.WriteAllText(path, text[..block.Groups["body"].Index] + made + text[(block.Groups["body"].Index + block.Groups["body"].Length)..]);
            return;
        }
        Assert.Equal(made, block.Groups["body"].Value);
    }

    [Fact]
    public void Every_block_of_output_is_made_here()
    {
        string readme = File.ReadAllText(path);
        // Shell commands to be typed are marked sh; every other block is somebody's output.
        int fences = Fence().Count(readme);
        int made = Block().Matches(readme).Count(match => match.Groups["fence"].Length > 0);
        Assert.Equal(fences, made);
    }

    [Fact]
    public void Example_of_doctor_has_the_checks_that_doctor_makes() =>
        Assert.Equal(HostVisibility.Look().Checks.Select(check => check.Name), visitor.Checks.Select(check => check.Name));

    [Fact]
    public void Links_lead_somewhere() => Assert.All(
        new[] { "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "samples/README.md" },
        page => Assert.All(
            Link().Matches(File.ReadAllText(Path.Combine(Golden.Repository, page))).Select(match => match.Groups[1].Value),
            link => Assert.True(Path.Exists(Path.Combine(Golden.Repository, Path.GetDirectoryName(page)!, link)), $"{page}: {link}")));

    private static string Make(string what)
    {
        Match parts = Selection().Match(what);
        string text = (parts.Groups["kind"].Value, parts.Groups["what"].Value) switch
        {
            ("table", "causes") => Causes(),
            ("file", string file) => Contents(file),
            ("output", string arguments) => Output(arguments),
            _ => throw new InvalidOperationException($"README.md: what is '{what}'?"),
        };
        IEnumerable<string> lines = text.TrimEnd('\n').Split('\n');
        if (parts.Groups["from"].Success)
            lines = lines.SkipWhile(line => line != parts.Groups["from"].Value);
        if (parts.Groups["first"].Success)
            lines = lines.Take(int.Parse(parts.Groups["last"].Value, CultureInfo.InvariantCulture)).Skip(int.Parse(parts.Groups["first"].Value, CultureInfo.InvariantCulture) - 1);
        return string.Concat(lines.Select(line => line + "\n"));
    }

    private static string Contents(string file)
    {
        string full = Path.Combine(Golden.Repository, file);
        Assert.SkipUnless(File.Exists(full), $"{file} is not there yet");
        return File.ReadAllText(full);
    }

    /// <summary>What stands in the terminal. A sample is read from samples/, and what would watch this host plays the first sample.</summary>
    private static string Output(string arguments)
    {
        using StringWriter terminal = new() { NewLine = "\n" };
        Session session = new() { Out = terminal, Error = terminal, Variable = _ => null };
        string[] words = [.. Word().Matches(arguments).Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Value)];
        string? written = words is ["record", var file, ..] ? file : null;
        if (written is not null)
            File.Delete(written);
        CommandLine.Run(session, [.. words.Select(word => word.StartsWith("samples/", StringComparison.Ordinal) ? Path.Combine(Golden.Repository, word) : word)],
            new DiagnoseCommand(session) { Open = Open },
            new ExplainCommand(session),
            new RecordCommand(session) { Open = Open },
            new ConnectionsCommand(session),
            new ProbeCommand(session),
            new ListenCommand(session),
            new GenerateCommand(session) { Installed = _ => null },
            new LintCommand(session) { Installed = _ => null },
            new LabCommand(session),
            new DoctorCommand(session, () => visitor));
        if (written is not null)
            File.Delete(written);
        return terminal.ToString();
    }

    private static ISource Open(SourceChoice choice, Screen talk, bool payload) =>
        choice.IsLive ? RecordingSource.Open(Path.Combine(Golden.Repository, "samples/server-close-unread.jsonl")) : choice.Open(talk);

    private static string Causes()
    {
        StringBuilder table = new("| cause | what it says | named in the lab | taken for it |\n|---|---|---|---|\n");
        LabScore scored = LabScore.Committed;
        foreach (Cause cause in Catalogue.All)
        {
            string title = CausePage.Of(cause.Id).Title(Language.English);
            string normal = cause.IsNormal ? " *(normal life, nothing to fix)*" : "";
            table.Append($"| [{cause.Id}](docs/causes/{cause.Id}.md) | {title}{normal} | {scored.Named(cause.Id)} | {scored.Confused(cause.Id)} |\n");
        }
        return table.ToString();
    }

    [GeneratedRegex("""<!-- (?<what>(?:output|file|table): [^\n]*?) -->\n\n?(?:(?<fence>```text\n)(?<body>.*?)```\n|(?<body>(?:\|[^\n]*\n)*))""", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^(?<kind>output|file|table): (?<what>.*?)(?: from: (?<from>.*?))?(?: lines: (?<first>[0-9]+)-(?<last>[0-9]+))?$")]
    private static partial Regex Selection();

    [GeneratedRegex("^```(?!sh\n|\n)", RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex("""'([^']*)'|\S+""")]
    private static partial Regex Word();

    [GeneratedRegex("""\]\(([^)#:]+)(?:#[^)]*)?\)""")]
    private static partial Regex Link();
}
