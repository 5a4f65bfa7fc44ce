using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>What a signal that ended a process says about the end.</summary>
public static class Signals
{
    private static readonly string[] Names =
    [
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV",
        "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU",
        "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>The name, as SIGKILL; unknown numbers as <c>signal 40</c>.</summary>
    public static string Name(int signal) => signal > 0 && signal < Names.Length ? Names[signal] : $"signal {signal}";

    /// <summary>Whether a process ended otherwise than by its own will, or on a polite request.</summary>
    public static bool IsCrash(ProcessInfo end) =>
        // Runtimes that end by themselves on a signal, as the JVM does, say in their status which, as a shell would.
        end.Signal != 0 ? !IsRequest(end.Signal) : end.ExitStatus != 0 && !IsRequest(end.ExitStatus - 128);

    private static bool IsRequest(int signal) => signal is 1 or 2 or 15; // HUP, INT, TERM
}
