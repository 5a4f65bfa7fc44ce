using System.Globalization;
using Tcpwhy.E2e.Program;
using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Hygiene;

/// <summary>The lab leaves the host as it was, however it ends.</summary>
[Collection(nameof(Alone))]
public class LabTests(BuiltProgram program)
{
    // Counters and random numbers, which change by themselves.
    static readonly string[] Restless = ["/proc/sys/net/netfilter/nf_conntrack_count", "/proc/sys/net/ipv4/tcp_fastopen_key"];

    [Fact]
    public async Task Ctrl_C_removes_everything()
    {
        WatchTests.NeedsBpf();
        BuiltProgram.Needs([.. Requirements.Network]);
        using RunningProgram lab = await program.StartAsync([], "lab", "run", "keepalive-timeout-dead-peer", "close-wait-leak");
        int[] actors = await ActorsAsync(lab);

        await lab.SignalAsync("INT");
        ProgramEnd end = await lab.EndAsync();

        Assert.True(end.Status == 130, $"{end.Status}: {end.Out}{end.Error}");
        Assert.Empty(Left(lab.Pid, actors));
    }

    [Fact]
    public async Task The_next_start_removes_what_a_killed_run_has_left()
    {
        WatchTests.NeedsBpf();
        BuiltProgram.Needs([.. Requirements.Network]);
        using RunningProgram lab = await program.StartAsync([], "lab", "run", "keepalive-timeout-dead-peer", "close-wait-leak");
        int[] actors = await ActorsAsync(lab);
        await lab.SignalAsync("KILL");
        await lab.EndAsync();

        ProgramEnd next = await program.RunAsync("lab", "run", "conn-refused-no-listener");

        Assert.True(next.Status == 0, next.Out + next.Error);
        Assert.Empty(Left(lab.Pid, actors));
    }

    [Fact]
    public async Task No_setting_of_the_host_changes()
    {
        WatchTests.NeedsBpf();
        BuiltProgram.Needs([.. Requirements.Network]);
        Dictionary<string, string> before = Settings();

        ProgramEnd end = await program.RunAsync("lab", "run", "ephemeral-port-exhaustion", "retransmission-timeout", "syn-dropped-firewall");

        Assert.True(end.Status == 0, end.Out + end.Error);
        Dictionary<string, string> after = Settings();
        Assert.True(before.Count > 200, $"{before.Count} settings");
        Assert.Equal([], before.Where(setting => after.GetValueOrDefault(setting.Key) != setting.Value).Select(setting => $"{setting.Key}: {setting.Value} became {after.GetValueOrDefault(setting.Key)}"));
    }

    /// <summary>Waits until two networks with their processes stand.</summary>
    static async Task<int[]> ActorsAsync(RunningProgram lab)
    {
        for (int tries = 0; tries < 300; tries++)
        {
            int[] actors = [.. ChildrenOf(lab.Pid).Where(pid => CommandLine(pid).Contains("lab-actor", StringComparison.Ordinal))];
            if (actors.Length >= 4)
                return actors;
            await Task.Delay(50);
        }
        Assert.Fail("the lab started no actors");
        return [];
    }

    /// <summary>Namespaces, directories, processes and temporary files of a run that is over.</summary>
    static IEnumerable<string> Left(int lab, int[] actors) =>
        Entries("/run/netns", $"tcpwhy-{lab}-*")
            .Concat(Entries("/run/tcpwhy-lab", $"tcpwhy-{lab}-*"))
            .Concat(actors.Where(pid => CommandLine(pid).Contains("lab-actor", StringComparison.Ordinal)).Select(pid => $"process {pid}"))
            .Concat(actors.SelectMany(pid => Entries("/tmp", $"*-{pid}-*")));

    static string[] Entries(string directory, string pattern) => Directory.Exists(directory) ? Directory.GetFileSystemEntries(directory, pattern) : [];

    static IEnumerable<int> ChildrenOf(int pid)
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{pid}/task").SelectMany(thread => File.ReadAllText($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries)).Select(child => int.Parse(child, CultureInfo.InvariantCulture))];
        }
        catch (IOException)
        {
            return []; // a thread ended meanwhile
        }
    }

    static string CommandLine(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline");
        }
        catch (IOException)
        {
            return "";
        }
    }

    static Dictionary<string, string> Settings()
    {
        var settings = new Dictionary<string, string>();
        foreach (string file in Directory.EnumerateFiles("/proc/sys/net", "*", SearchOption.AllDirectories).Except(Restless))
        {
            try
            {
                settings[file] = File.ReadAllText(file).Trim();
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                // Some can only be written.
            }
        }
        return settings;
    }
}
