namespace Tcpwhy.Model;

/// <summary>The process that owns a socket or acted on it; <see cref="Comm"/> is the kernel's 15-character name, unescaped.</summary>
public sealed record ProcessInfo(int Pid, string Comm)
{
    /// <summary>The container's id (12 hexadecimal digits or a pod's name) read from its cgroup, or null outside one.</summary>
    public string? Container { get; init; }

    /// <summary>Whether the process was on its way out when the event happened.</summary>
    public bool Exiting { get; init; }

    /// <summary>Whether it is younger than the connection on which it was ending: it was started to serve this one.</summary>
    public bool Younger { get; init; }

    /// <summary>The signal that ended it, or 0.</summary>
    public int Signal { get; init; }

    /// <summary>The status it ended with, or 0.</summary>
    public int ExitStatus { get; init; }
}
