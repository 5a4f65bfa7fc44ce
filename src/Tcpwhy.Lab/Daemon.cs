using System.Diagnostics;
using System.Globalization;
using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>A real program, as HAProxy or nginx, that runs in the foreground on a machine of the lab.</summary>
public sealed class Daemon : IAsyncDisposable
{
    readonly Process _process;
    readonly string _command;
    readonly Task<string> _errors;

    Daemon(Process process, string command)
    {
        (_process, _command) = (process, command);
        Info = new ProcessInfo(process.Id, Path.GetFileName(command));
        process.StandardInput.Close();
        _ = process.StandardOutput.ReadToEndAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    public ProcessInfo Info { get; }

    internal static Daemon Start(Host host, IReadOnlyList<string> command) => new(Command.Start(host.Inside(command)), command[0]);

    /// <summary>Asks it to end with a signal (TERM, QUIT, USR1, as the program understands them) and waits, at most 5 s.</summary>
    public async Task StopAsync(string signal, CancellationToken ct)
    {
        await SignalAsync(signal, ct);
        try
        {
            await _process.WaitForExitAsync(ct).WaitAsync(TimeSpan.FromSeconds(5), ct);
        }
        catch (TimeoutException)
        {
            _process.Kill();
        }
    }

    /// <summary>Sends it a signal, as HUP.</summary>
    public Task SignalAsync(string signal, CancellationToken ct) =>
        Command.RunAsync(["kill", "-s", signal, _process.Id.ToString(CultureInfo.InvariantCulture)], null, ct);

    /// <summary>Waits until something listens on the port. Read from /proc, since a trial connection would be seen as traffic.</summary>
    internal async Task ListensAsync(int port, CancellationToken ct)
    {
        for (int tries = 0; tries < 200; tries++)
        {
            if (_process.HasExited)
                throw new LabException($"{_command} ended with status {_process.ExitCode}: {(await _errors).Trim()}");
            if (Listens($"/proc/{_process.Id}/net/tcp", port) || Listens($"/proc/{_process.Id}/net/tcp6", port))
                return;
            await Task.Delay(50, ct);
        }
        throw new LabException($"{_command} does not listen on port {port} after 10 s");
    }

    static bool Listens(string table, int port) => File.ReadLines(table)
        .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Any(fields => fields[1].EndsWith($":{port:X4}", StringComparison.Ordinal) && fields[3] == "0A");

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            await StopAsync("TERM", CancellationToken.None);
        _process.StandardOutput.Dispose();
        _process.StandardError.Dispose();
        _process.Dispose();
    }
}
