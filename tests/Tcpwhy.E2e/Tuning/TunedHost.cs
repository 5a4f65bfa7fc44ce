using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tcpwhy.E2e.Lab;
using Tcpwhy.E2e.Program;
using Tcpwhy.Lab;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.E2e.Tuning;

/// <summary>`tune` on one machine of the lab, with its records in a directory of the test's own.</summary>
sealed class TunedHost(Host host) : IDisposable
{
    readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("tcpwhy-tune-");

    /// <summary>The words that run the program.</summary>
    public static string[] Tcpwhy { get; } = ["dotnet", LabUnderTest.Executable];

    /// <summary>Starts `tune PART` on this machine.</summary>
    public RunningProgram Start(string part, params string[] options) =>
        new([.. Tcpwhy, "tune", part, "--netns", host.Name, "--state", _state.FullName, "--format", "json", .. options]);

    /// <summary>Runs `tune PART` to its end.</summary>
    public async Task<ProgramEnd> RunAsync(string part, params string[] options)
    {
        using RunningProgram running = Start(part, options);
        return await running.EndAsync();
    }

    /// <summary>Runs `tune PART`, which must go well, and returns what it wrote, checked by its schema.</summary>
    public async Task<JsonElement> DoneAsync(string part, params string[] options)
    {
        ProgramEnd end = await RunAsync(part, options);
        Assert.True(end.Status == 0, $"{end.Status}: {end.Error}");
        return Json(end);
    }

    public static JsonElement Json(ProgramEnd end)
    {
        JsonElement document = JsonDocument.Parse(end.Out).RootElement;
        string schema = document.GetProperty("schema").GetString()!;
        string file = Path.Combine(BuiltProgram.Project, "docs", "schemas", schema["tcpwhy.".Length..schema.IndexOf('/')] + ".json");
        Assert.Empty(JsonSchema.Errors(JsonDocument.Parse(File.ReadAllText(file)).RootElement, document));
        return document;
    }

    /// <summary>Applies the profile for servers, with a short look at failures before.</summary>
    public Task<JsonElement> ApplyAsync(params string[] options) => DoneAsync("apply", ["--profile", "server", "--yes", "--baseline", "200ms", .. options]);

    /// <summary>What is in force: the state and why the last change was undone.</summary>
    public async Task<(string State, string? Undone)> StatusAsync()
    {
        JsonElement target = Assert.Single((await DoneAsync("status")).GetProperty("targets").EnumerateArray());
        return (target.GetProperty("state").GetString()!, target.GetProperty("last_undone") is { ValueKind: JsonValueKind.Object } last ? last.GetProperty("why").GetString() : null);
    }

    /// <summary>Every setting of the namespace that can be read, as the kernel writes it.</summary>
    public async Task<string> SettingsAsync(CancellationToken ct) =>
        // The counts and random numbers among them move by themselves.
        await host.RunAsync(["sh", "-c", "sysctl -a 2>/dev/null | grep ^net | grep -vE 'nf_conntrack_count|secret|_key|flow_limit|\\.ipfrag|stable'"], ct);

    public async Task<string> ValueAsync(string setting, CancellationToken ct) => (await host.RunAsync(["sysctl", "-n", setting], ct)).Trim();

    /// <summary>Kills the process that guards the change, as kill -9 does.</summary>
    public void KillGuard()
    {
        string journal = Assert.Single(Directory.GetFiles(Path.Combine(_state.FullName, "tune"), "*.json"));
        int pid = JsonDocument.Parse(File.ReadAllText(journal)).RootElement.GetProperty("layers").EnumerateArray().Last().GetProperty("timer_pid").GetInt32();
        Assert.Contains("tune-guard", File.ReadAllText($"/proc/{pid.ToString(CultureInfo.InvariantCulture)}/cmdline"), StringComparison.Ordinal);
        using Process guard = Process.GetProcessById(pid);
        guard.Kill();
        guard.WaitForExit();
    }

    public void Dispose()
    {
        // A guard that finds its journal gone has nothing to guard, and ends.
        _state.Delete(recursive: true);
    }
}
