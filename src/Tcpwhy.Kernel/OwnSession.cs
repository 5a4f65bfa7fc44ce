namespace Tcpwhy.Kernel;

/// <summary>A process's place among terminals and their sessions.</summary>
public static class OwnSession
{
    /// <summary>Leaves the terminal, its session and its process group: neither a hang-up nor Ctrl-C there reaches this process any more.</summary>
    /// <exception cref="KernelException">It leads a process group already.</exception>
    public static void Begin() => KernelException.Check(Libc.setsid(), "setsid");
}
