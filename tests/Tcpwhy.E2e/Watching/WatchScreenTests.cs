using System.Text.Json;
using Tcpwhy.E2e.Lab;
using Tcpwhy.E2e.Program;
using Tcpwhy.Lab;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.E2e.Watching;

/// <summary>The full screen in a real terminal, while connections really break.</summary>
public class WatchScreenTests(BuiltProgram program)
{
    const string Cause = "server-close-unread";
    static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task A_fault_is_shown_under_its_cause_within_two_seconds()
    {
        Fault fault = FaultCatalogue.Find(Cause)!;
        await using Network network = await LabUnderTest.NetworkAsync(fault.Requires);
        await using Tmux tmux = await Tmux.WatchAsync(100, 30, $"dst {network.Server.Ipv4} or src {network.Server.Ipv4}");
        List<TimeSpan> took = [];
        // A machine that does other things at the time tells nothing of the screen: the best of three counts.
        for (int round = 0; round < 3 && !took.Exists(time => time < AtOnce); round++)
        {
            await fault.MakeAsync(network, new Parameters { Port = 5433 + round, Count = 7 }, TestContext.Current.CancellationToken);
            took.Add(await tmux.SeesAsync($":{5433 + round}"));
        }

        Assert.True(took.Min() < AtOnce, string.Join(", ", took));
        await tmux.SeesAsync($"✗  {Cause}");
        await tmux.SeesAsync($"{7 * took.Count} failed in 1 min");

        await tmux.PressAsync("Enter");
        await tmux.SeesAsync("TCP_ABORT_ON_CLOSE");
        await tmux.ResizeAsync(200, 50);
        await tmux.SeesAsync("Do this");
        await tmux.PressAsync("q", "q");
        (int status, _, bool alternate) = await tmux.EndAsync();
        Assert.Equal((0, false), (status, alternate));
        Assert.Contains(Cause, await tmux.ScreenAsync(), StringComparison.Ordinal);
    }

    [Theory, InlineData("key", 0), InlineData("TERM", 143), InlineData("INT", 130), InlineData("HUP", 0), InlineData("QUIT", 0)]
    public async Task The_terminal_is_given_back(string by, int status)
    {
        await using Tmux tmux = await Tmux.WatchAsync(80, 24);
        if (by == "key")
            await tmux.PressAsync("C-c");
        else
            await tmux.SignalAsync(by);

        (int ended, string modes, bool alternate) = await tmux.EndAsync();

        Assert.Equal((status, false), (ended, alternate));
        string[] words = modes.Split([' ', '\n', ';'], StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["echo", "icanon", "isig", "opost"], words.Intersect(["echo", "icanon", "isig", "opost"]).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_view_is_drawn_at_every_size()
    {
        await using Tmux tmux = await Tmux.WatchAsync(80, 24);
        foreach ((int width, int height) in new[] { (60, 20), (200, 50), (80, 24) })
        {
            await tmux.ResizeAsync(width, height);
            foreach ((string key, string shown) in new[] { ("2", "2 Connections"), ("3", "queue"), ("4", "Pools"), ("5", "limit  "), ("6", "The last changes"), ("1", "failed, last") })
            {
                await tmux.PressAsync(key);
                await tmux.SeesAsync(shown);
            }
            string[] lines = [];
            // The screen that was drawn before may show the same words, and the new one be half drawn.
            for (int tries = 0; tries < 100 && !(lines.Length == height && lines[^1].StartsWith("↑↓ select", StringComparison.Ordinal)); tries++)
            {
                await Task.Delay(100, TestContext.Current.CancellationToken);
                lines = (await tmux.ScreenAsync()).TrimEnd('\n').Split('\n');
            }
            Assert.Equal(height, lines.Length);
            Assert.StartsWith("↑↓ select", lines[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Without_a_terminal_there_are_snapshots()
    {
        using RunningProgram watch = await program.StartAsync([], "watch", "--no-history", "--duration", "3500ms", "--interval", "1s", "--format", "ndjson");
        await watch.WatchesAsync();
        ProgramEnd end = await watch.EndAsync();

        Assert.True(end.Status == 0, end.Error);
        using JsonDocument schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(BuiltProgram.Project, "docs", "schemas", "summary.json")));
        string[] lines = end.Out.TrimEnd('\n').Split('\n');
        Assert.InRange(lines.Length, 2, 5);
        foreach (string line in lines)
        {
            using JsonDocument snapshot = JsonDocument.Parse(line);
            Assert.Empty(JsonSchema.Errors(schema.RootElement, snapshot.RootElement));
        }
    }

    [Fact]
    public async Task Once_is_one_snapshot_with_what_broke()
    {
        Fault fault = FaultCatalogue.Find(Cause)!;
        await using Network network = await LabUnderTest.NetworkAsync(fault.Requires);
        using RunningProgram watch = await program.StartAsync([], "watch", "--once", "--interval", "4s", $"dst {network.Server.Ipv4} or src {network.Server.Ipv4}");
        await watch.WatchesAsync();
        await fault.MakeAsync(network, new Parameters { Count = 7 }, TestContext.Current.CancellationToken);

        ProgramEnd end = await watch.EndAsync();

        Assert.True(end.Status == 0, end.Error);
        Assert.Single(end.Complaints, line => line.StartsWith("watching", StringComparison.Ordinal));
        Assert.Contains($"✗ {Cause} 7×", end.Out, StringComparison.Ordinal);
        Assert.Single(end.Out.Split('\n'), line => line.Contains(" UTC", StringComparison.Ordinal));
    }
}
