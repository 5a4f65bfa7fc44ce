using Xunit;

namespace Tcpwhy.E2e.Program;

/// <summary>What is wrong with the input is one clear line and an exit code.</summary>
public sealed class BadInputTests(BuiltProgram program) : IDisposable
{
    const string Header = """{"schema":"tcpwhy.recording/1","created":"2026-03-04T12:00:00Z","host":"a","kernel":"6.18"}""";
    const string Started = """{"event":"started","time":"2026-03-04T12:00:00Z","source":"ebpf"}""";
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tcpwhy-e2e-");

    [Theory]
    [InlineData(2, "nonsense", "diagnose", "nonsense", "words")]
    [InlineData(2, "70000", "diagnose", "dport = :70000")]
    [InlineData(2, "--duraton", "diagnose", "--duraton", "3s")]
    [InlineData(2, "3x", "diagnose", "--duration", "3x")]
    [InlineData(2, "diagnos", "diagnos")]
    [InlineData(2, "no such file", "diagnose", "/nonexistent/a.jsonl")]
    [InlineData(2, "directory", "diagnose", "/etc")]
    [InlineData(2, "not a recording", "diagnose", "/etc/passwd")]
    [InlineData(2, "no-such-cause", "explain", "no-such-cause")]
    [InlineData(2, "exists already", "record", "/dev/null", "--duration", "1s")]
    public async Task Is_told_in_one_line(int status, string names, params string[] arguments) =>
        Check(status, names, await program.RunAsync(arguments));

    [Fact]
    public async Task A_newer_recording_asks_for_a_newer_program() =>
        Check(2, "newer", await program.RunAsync("diagnose", Write(Header.Replace("/1", "/2", StringComparison.Ordinal), Started)));

    [Fact]
    public async Task A_line_that_is_no_event_is_named() =>
        Check(2, "line 3", await program.RunAsync("diagnose", Write(Header, Started, """{"event":"something_else","time":"2026-03-04T12:00:00Z"}""")));

    [Fact]
    public async Task A_recording_that_is_cut_is_judged_up_to_the_cut()
    {
        string file = Write(Header, Started, """{"event":"reset_sent","time":"2026-03-0""");
        using (FileStream cut = File.OpenWrite(file))
            cut.SetLength(cut.Length - 1); // the end of line

        ProgramEnd end = await program.RunAsync("diagnose", file);

        Assert.True(end.Status == 0, end.Error);
        Assert.Contains("cut short", end.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_may_not_be_read_is_told()
    {
        await program.NeedsNobodyAsync();
        string file = Write(Header, Started);
        File.SetUnixFileMode(_directory.FullName, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        Check(2, "permission denied", await program.RunAsync(BuiltProgram.AsNobody, "diagnose", file));
    }

    [Fact]
    public async Task A_full_disk_is_told_by_diagnose() =>
        Check(7, "No space left", await program.ShellAsync([], $"exec \"$0\" diagnose {Write(Header, Started)} >/dev/full"));

    [Fact]
    public async Task A_full_disk_is_told_by_record()
    {
        ProgramEnd end = await program.RunAsync("record", "/dev/full", "--force", "--duration", "1s");
        Assert.Equal(7, end.Status);
        Assert.Contains("No space left", end.Complaints[^1], StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    string Write(params string[] lines)
    {
        string file = Path.Combine(_directory.FullName, "recording.jsonl");
        File.WriteAllLines(file, lines);
        return file;
    }

    static void Check(int status, string names, ProgramEnd end)
    {
        Assert.True(end.Status == status, $"{end.Status}: {end.Out}{end.Error}");
        string line = Assert.Single(end.Complaints);
        Assert.StartsWith("tcpwhy: ", line, StringComparison.Ordinal);
        Assert.Contains(names, line, StringComparison.Ordinal);
        Assert.Empty(end.Out);
    }
}
