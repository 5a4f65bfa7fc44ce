using System.Diagnostics;

namespace Tcpwhy.Lab;

/// <summary>Runs another program to its end; words are passed as they are, never through a shell.</summary>
internal static class Command
{
    /// <summary>What the program wrote to its standard output.</summary>
    /// <exception cref="LabException">It ended with another status than 0.</exception>
    public static async Task<string> RunAsync(IReadOnlyList<string> words, string? input = null, CancellationToken ct = default)
    {
        using Process process = Start(words);
        // Process leaves the streams that were read to their reader.
        using StreamReader standardOutput = process.StandardOutput, standardError = process.StandardError;
        try
        {
            Task<string> output = standardOutput.ReadToEndAsync(ct);
            Task<string> errors = standardError.ReadToEndAsync(ct);
            if (input is not null)
                await process.StandardInput.WriteAsync(input.AsMemory(), ct);
            process.StandardInput.Close();
            await process.WaitForExitAsync(ct);
            return process.ExitCode == 0
                ? await output
                : throw new LabException($"{string.Join(' ', words)} ended with status {process.ExitCode}: {(await errors).Trim()}");
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>Starts a program whose three streams are pipes to us.</summary>
    public static Process Start(IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo(Requirements.Find(words[0]) ?? words[0], words.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // An actor that is killed would leave the sockets of its debugger and profiler in /tmp.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        return Process.Start(start) ?? throw new LabException($"{words[0]} did not start");
    }
}
