using System.Text.RegularExpressions;
using Tcpwhy.E2e.Diagnosis;
using Tcpwhy.E2e.Program;
using Tcpwhy.Filtering;
using Tcpwhy.Sources;
using Xunit;

namespace Tcpwhy.E2e.Hygiene;

/// <summary>Watching leaves nothing behind, however it ends.</summary>
[Collection(nameof(Alone))]
public partial class ObserverTests(BuiltProgram program)
{
    [Fact]
    public void Watching_gives_back_every_descriptor_and_thread()
    {
        WatchTests.NeedsBpf();
        Watch();
        int before = Descriptors();
        for (int i = 0; i < 5; i++)
            Watch();
        Assert.Equal(before, Descriptors());
        Assert.DoesNotContain(Threads(), name => name == "source" || name.StartsWith("netns", StringComparison.Ordinal));
    }

    [Theory, InlineData(null, 0), InlineData("TERM", 143), InlineData("KILL", 137)]
    public async Task No_program_stays_in_the_kernel(string? signal, int status)
    {
        WatchTests.NeedsBpf();
        BuiltProgram.Needs("bpftool", "kill");
        using RunningProgram watch = await program.StartAsync([], "diagnose", "--duration", signal is null ? "2s" : "1m");
        await watch.WatchesAsync();
        string[] loaded = ProgramsOf(watch.Pid);
        Assert.True(loaded.Length > 10, $"{loaded.Length} programs");
        if (signal is not null)
            await watch.SignalAsync(signal);

        ProgramEnd end = await watch.EndAsync();

        Assert.Equal(status, end.Status);
        // The kernel frees a program after a grace period.
        string[] left = loaded;
        for (int tries = 0; tries < 50 && left.Length > 0; tries++)
        {
            await Task.Delay(100);
            left = [.. left.Intersect(await LoadedAsync())];
        }
        Assert.Empty(left);
    }

    static void Watch()
    {
        using ISource source = WatchedKernel.Open(out _)!;
        using var window = new CancellationTokenSource(300);
        Pipeline.Run(source, Filter.Everything, null, null, window.Token);
    }

    // The runtime keeps a descriptor of each library that it has loaded, and loads late.
    static int Descriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Count(fd => new FileInfo(fd).LinkTarget is { } target && !target.EndsWith(".dll", StringComparison.Ordinal));

    static IEnumerable<string> Threads() => Directory.GetDirectories("/proc/self/task").SelectMany(thread => Lines($"{thread}/comm"));

    static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            return []; // closed, or ended, meanwhile
        }
    }

    static string[] ProgramsOf(int pid) =>
        [.. Directory.GetFiles($"/proc/{pid}/fdinfo").SelectMany(Lines).Where(line => line.StartsWith("prog_id:", StringComparison.Ordinal)).Select(line => line[8..].Trim()).Distinct()];

    static async Task<IReadOnlyList<string>> LoadedAsync()
    {
        using var bpftool = new RunningProgram(["bpftool", "prog", "show"]);
        ProgramEnd end = await bpftool.EndAsync();
        return [.. Ids().Matches(end.Out).Select(match => match.Groups[1].Value)];
    }

    [GeneratedRegex(@"^(\d+): ", RegexOptions.Multiline)]
    private static partial Regex Ids();
}
