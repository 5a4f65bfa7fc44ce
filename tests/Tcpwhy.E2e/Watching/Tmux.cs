using System.Diagnostics;
using Tcpwhy.E2e.Lab;
using Tcpwhy.Lab;
using Xunit;

namespace Tcpwhy.E2e.Watching;

/// <summary>The program in a terminal of its own: a tmux server that is ours alone.</summary>
sealed class Tmux : IAsyncDisposable
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    static int s_number;
    readonly string _name = $"tcpwhy-{Environment.ProcessId}-{Interlocked.Increment(ref s_number)}";
    readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("tcpwhy-tmux-");

    Tmux()
    {
    }

    /// <summary>The file in which the terminal's modes stand when the program has ended.</summary>
    string Modes => Path.Combine(_directory.FullName, "modes");

    /// <summary>Starts <c>tcpwhy watch</c> at this size; returns when it shows what it saw first.</summary>
    public static async Task<Tmux> WatchAsync(int width, int height, params string[] arguments)
    {
        IReadOnlyList<string> missing = Requirements.Missing(["root", "tmux"]);
        Assert.SkipWhen(missing.Count > 0, $"needs {string.Join(", ", missing)}");
        Tmux tmux = new();
        string program = $"echo $$ >{tmux._directory}/pid; exec dotnet {LabUnderTest.Executable} watch --no-history {string.Join(' ', arguments.Select(word => $"'{word}'"))}";
        string script = Path.Combine(tmux._directory.FullName, "run");
        await File.WriteAllTextAsync(script, $"export TERM=screen-256color LC_ALL=C.UTF-8 LANG=C.UTF-8\nsh -c \"{program.Replace("$$", "\\$\\$", StringComparison.Ordinal)}\"\necho $? >{tmux._directory}/status\nstty -a >{tmux.Modes}.new\nmv {tmux.Modes}.new {tmux.Modes}\nsleep 300\n");
        await tmux.DoAsync("-f", "/dev/null", "new-session", "-d", "-s", "w", "-x", $"{width}", "-y", $"{height}", $"sh {script}");
        await tmux.SeesAsync("failed in 1 min");
        return tmux;
    }

    /// <summary>The screen as a person sees it.</summary>
    public Task<string> ScreenAsync() => DoAsync("capture-pane", "-p", "-t", "w");

    public Task PressAsync(params string[] keys) => DoAsync(["send-keys", "-t", "w", .. keys]);

    public Task ResizeAsync(int width, int height) => DoAsync("resize-window", "-t", "w", "-x", $"{width}", "-y", $"{height}");

    /// <summary>Waits until the screen has the text; returns how long that took.</summary>
    public async Task<TimeSpan> SeesAsync(string text)
    {
        long began = Stopwatch.GetTimestamp();
        string screen = "";
        while (Stopwatch.GetElapsedTime(began) < Patience)
        {
            screen = await ScreenAsync();
            if (screen.Contains(text, StringComparison.Ordinal))
                return Stopwatch.GetElapsedTime(began);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        Assert.Fail($"no '{text}' on the screen:\n{screen}");
        return default;
    }

    public async Task SignalAsync(string signal) => await RunAsync("kill", [$"-{signal}", (await File.ReadAllTextAsync(Path.Combine(_directory.FullName, "pid"))).Trim()]);

    /// <summary>Waits for the program's end; returns its status, the terminal's modes (stty -a) and whether the alternate screen is shown.</summary>
    public async Task<(int Status, string Modes, bool Alternate)> EndAsync()
    {
        long began = Stopwatch.GetTimestamp();
        while (!File.Exists(Modes))
        {
            Assert.True(Stopwatch.GetElapsedTime(began) < Patience, await ScreenAsync());
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
        string status = await File.ReadAllTextAsync(Path.Combine(_directory.FullName, "status"));
        string alternate = await DoAsync("display-message", "-p", "-t", "w", "#{alternate_on}");
        return (int.Parse(status), await File.ReadAllTextAsync(Modes), alternate.Trim() == "1");
    }

    public async ValueTask DisposeAsync()
    {
        await DoAsync("kill-server");
        _directory.Delete(recursive: true);
    }

    Task<string> DoAsync(params string[] words) => RunAsync("tmux", ["-L", _name, .. words]);

    static async Task<string> RunAsync(string program, string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, words) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }
}
