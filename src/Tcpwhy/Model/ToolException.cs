namespace Tcpwhy.Model;

/// <summary>An error that was to be expected: shown as one line without a stack, and the program's exit code (cli.md lists them).</summary>
#pragma warning disable CA1032 // Without an exit code it would be a bug's exception, so there is one constructor only.
public sealed class ToolException(string message, int exitCode) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
