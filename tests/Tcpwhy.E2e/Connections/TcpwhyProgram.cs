using System.Diagnostics;
using Xunit;

namespace Tcpwhy.E2e.Connections;

/// <summary>The program under test as a process of its own.</summary>
static class TcpwhyProgram
{
    static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "Tcpwhy.Cli.dll");

    /// <summary>What it writes to stdout; anything but exit code 0 fails the test.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        CancellationToken ct = TestContext.Current.CancellationToken;
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [Assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync(ct);
        string output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        Assert.True(process.ExitCode == 0, await error);
        return output;
    }
}
