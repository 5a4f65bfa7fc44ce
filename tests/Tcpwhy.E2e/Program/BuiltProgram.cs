using System.Diagnostics;
using Tcpwhy.E2e.Program;
using Tcpwhy.Lab;
using Xunit;

[assembly: AssemblyFixture(typeof(BuiltProgram))]

namespace Tcpwhy.E2e.Program;

/// <summary>The program as its users have it, built by ./tcpwhy, in a copy that every user may run.</summary>
public sealed class BuiltProgram : IDisposable
{
    /// <summary>Words that make the command behind them run as an ordinary user.</summary>
    public static readonly string[] AsNobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

    static readonly TimeSpan BuildTime = TimeSpan.FromMinutes(5);
    readonly Lazy<Task<string>> _file;
    readonly Lazy<Task<string?>> _nobody;
    DirectoryInfo? _copy;

    public BuiltProgram()
    {
        _file = new(BuildAsync);
        _nobody = new(TryAsNobodyAsync);
    }

    /// <summary>The directory of the project.</summary>
    public static string Project { get; } = FindProject();

    /// <summary>Starts it; <paramref name="before"/> are words in front of it, as of setpriv or unshare.</summary>
    public async Task<RunningProgram> StartAsync(IEnumerable<string> before, params string[] arguments) =>
        new([.. before, await _file.Value, .. arguments]);

    /// <summary>Runs it to its end, at most a minute.</summary>
    public async Task<ProgramEnd> RunAsync(IEnumerable<string> before, params string[] arguments)
    {
        using RunningProgram running = await StartAsync(before, arguments);
        return await running.EndAsync();
    }

    public Task<ProgramEnd> RunAsync(params string[] arguments) => RunAsync([], arguments);

    /// <summary>The shell words that run it, for tests that redirect.</summary>
    public async Task<ProgramEnd> ShellAsync(IEnumerable<string> before, string script)
    {
        using var running = new RunningProgram([.. before, "sh", "-c", script, await _file.Value]);
        return await running.EndAsync();
    }

    /// <summary>Skips the test, with the reason, where an ordinary user cannot run it.</summary>
    public async Task NeedsNobodyAsync()
    {
        Needs("root", "setpriv");
        string? obstacle = await _nobody.Value;
        Assert.SkipWhen(obstacle is not null, $"an ordinary user cannot run the program here: {obstacle}");
    }

    /// <summary>Skips the test, with the reason, where a program (or root) is missing.</summary>
    public static void Needs(params string[] names)
    {
        IReadOnlyList<string> missing = Requirements.Missing(names);
        Assert.SkipWhen(missing.Count > 0, $"needs {string.Join(", ", missing)}");
    }

    public void Dispose() => _copy?.Delete(recursive: true);

    async Task<string> BuildAsync()
    {
        using (var build = new RunningProgram([Path.Combine(Project, "tcpwhy"), "--version"]))
        {
            ProgramEnd built = await build.EndAsync(BuildTime);
            Assert.True(built.Status == 0, built.Error);
        }
        _copy = Directory.CreateTempSubdirectory("tcpwhy-e2e-");
        using (Process copy = Process.Start("cp", ["-r", Path.Combine(Project, "artifacts", "tcpwhy") + "/.", _copy.FullName]))
            await copy.WaitForExitAsync();
        using (Process open = Process.Start("chmod", ["-R", "a+rX", _copy.FullName]))
            await open.WaitForExitAsync();
        return Path.Combine(_copy.FullName, "tcpwhy");
    }

    async Task<string?> TryAsNobodyAsync()
    {
        ProgramEnd tried = await RunAsync(AsNobody, "explain", "keepalive-race");
        return tried.Status == 0 ? null : tried.Error.Trim();
    }

    static string FindProject()
    {
        string? directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "tcpwhy.slnx")))
            directory = Path.GetDirectoryName(directory);
        return directory ?? throw new InvalidOperationException("the tests run outside of the project");
    }
}
