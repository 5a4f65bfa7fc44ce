using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Xunit;

namespace Tcpwhy.E2e.Program;

/// <summary>What a program did: its exit status and all that it wrote.</summary>
public sealed record ProgramEnd(int Status, string Out, string Error)
{
    /// <summary>The lines of stderr.</summary>
    public string[] Complaints => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A program that runs beside the test; killed when the test ends before it.</summary>
public sealed class RunningProgram : IDisposable
{
    readonly Process _process;
    readonly Channel<(string Line, DateTimeOffset Time)> _out = Channel.CreateUnbounded<(string, DateTimeOffset)>();
    readonly Channel<string> _errors = Channel.CreateUnbounded<string>();
    readonly List<string> _outLines = [], _errorLines = [];
    readonly Task _reading;

    public RunningProgram(IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo(words[0], words.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{words[0]} did not start");
        _process.StandardInput.Close();
        _reading = Task.WhenAll(
            ReadAsync(_process.StandardOutput, _outLines, line => _out.Writer.TryWrite((line, TimeProvider.System.GetUtcNow())), _out.Writer.Complete),
            ReadAsync(_process.StandardError, _errorLines, line => _errors.Writer.TryWrite(line), _errors.Writer.Complete));
    }

    public int Pid => _process.Id;

    /// <summary>Waits until it says that every probe is attached.</summary>
    public Task WatchesAsync() => SaysAsync("watching");

    /// <summary>Waits for a line on stderr that begins so, and returns it.</summary>
    public async Task<string> SaysAsync(string beginning)
    {
        while (await NextAsync(_errors.Reader) is { } line)
        {
            if (line.StartsWith(beginning, StringComparison.Ordinal))
                return line;
        }
        Assert.Fail($"it ended without saying '{beginning}': {string.Join('\n', _errorLines)}");
        return "";
    }

    /// <summary>Its next line on stdout and when that came, or null at the end.</summary>
    public async Task<(string Line, DateTimeOffset Time)?> LineAsync() =>
        await NextAsync(_out.Reader) is { Line: not null } next ? next : null;

    /// <summary>Sends a signal, as INT.</summary>
    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", ["-s", signal, Pid.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits until it ends by itself, at most a minute unless told otherwise.</summary>
    public async Task<ProgramEnd> EndAsync(TimeSpan? limit = null)
    {
        using var late = new CancellationTokenSource(limit ?? TimeSpan.FromMinutes(1));
        try
        {
            await _process.WaitForExitAsync(late.Token);
            await _reading.WaitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"it did not end; it said: {string.Join('\n', [.. _outLines, .. _errorLines])}");
        }
        return new ProgramEnd(_process.ExitCode, string.Join('\n', _outLines), string.Join('\n', _errorLines));
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        // Process leaves the streams that were read to their reader.
        _process.StandardOutput.Dispose();
        _process.StandardError.Dispose();
        _process.Dispose();
    }

    static async Task<T?> NextAsync<T>(ChannelReader<T> lines)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        return await lines.WaitToReadAsync(late.Token) && lines.TryRead(out T? line) ? line : default;
    }

    static async Task ReadAsync(StreamReader reader, List<string> lines, Action<string> seen, Action<Exception?> end)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                lines.Add(line);
                seen(line);
            }
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // Killed with the test.
        }
        end(null);
    }
}
