using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;
using Tcpwhy.Tuning;

namespace Tcpwhy.Cli.Commands;

/// <summary><c>tune-guard STATE KEY</c>, which no help shows: the process that undoes a change unless it is confirmed.</summary>
internal static class TuneGuard
{
    public const string Word = "tune-guard";
    private const string Ready = "guarding";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>The guard itself.</summary>
    public static int Run(string state, string key)
    {
        OwnSession.Begin();
        using var leave = new CancellationTokenSource();
        using var told = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            leave.Cancel();
        });
        var proc = new ProcFs();
        new Guard(proc, new JournalStore(state), new Boot(proc, TimeProvider.System), key).Run(() => Console.Out.WriteLine(Ready), leave.Token);
        return ExitCode.Done;
    }

    /// <summary>Starts the guard and returns its pid as soon as it watches.</summary>
    /// <exception cref="ToolException">It did not come up; then nothing must be changed.</exception>
    public static int Start(string state, string key)
    {
        string program = Environment.ProcessPath ?? throw new ToolException("the path of this program is not known, so no guard can be started", ExitCode.KernelFeatureMissing);
        List<string> words = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Path.Combine(AppContext.BaseDirectory, "Tcpwhy.Cli.dll")] : [];
        // Pipes of its own: whoever waits for the end of our output must not wait for the guard.
        var start = new ProcessStartInfo(program, [.. words, Word, Path.GetFullPath(state), key])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        using Process guard = Process.Start(start) ?? throw new ToolException("the guard that would undo the change did not start", ExitCode.KernelFeatureMissing);
        Task<string?> first = guard.StandardOutput.ReadLineAsync();
        if (!first.Wait(Patience) || first.Result != Ready)
        {
            guard.Kill();
            throw new ToolException($"the guard that would undo the change (pid {guard.Id.ToString(CultureInfo.InvariantCulture)}) did not come up", ExitCode.KernelFeatureMissing);
        }
        return guard.Id;
    }
}
