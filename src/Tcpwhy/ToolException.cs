namespace Tcpwhy;

/// <summary>The program cannot do what was asked, for a reason that its user can act on: one line on stderr and an exit code.</summary>
public sealed class ToolException(string message, int exitCode) : Exception(message)
{
    /// <summary>One of <see cref="Tcpwhy.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;
}
