using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Sources;

/// <summary>Lists every TCP socket of the host, in every network namespace that we may enter, with its process.</summary>
public abstract class SocketTable : IDisposable
{
    private protected SocketTable() { }

    /// <summary>"ebpf" or "sock_diag".</summary>
    public abstract string Source { get; }

    /// <summary>Opens the fastest way that works here; <paramref name="obstacle"/> says what stands in the way of eBPF, or is null.</summary>
    /// <exception cref="KernelException">Not even sock_diag works.</exception>
    public static SocketTable Open(ProcFs proc, out string? obstacle)
    {
        try
        {
            obstacle = null;
            return new BpfSocketTable(proc);
        }
        catch (KernelException refused)
        {
            obstacle = refused.Message;
        }
        catch (DllNotFoundException)
        {
            obstacle = "libbpf.so.1 is not installed";
        }
        return OpenSockDiag(proc);
    }

    /// <summary>Opens the way that needs no privilege.</summary>
    public static SocketTable OpenSockDiag(ProcFs proc) => new DiagSocketTable(proc);

    /// <summary>Hands over every socket in one pass, on the calling thread; returns what could not be seen. Sockets that come and go meanwhile may be missing.</summary>
    /// <exception cref="KernelException">The kernel broke off.</exception>
    /// <exception cref="InvalidDataException">What it said does not parse.</exception>
    public abstract SocketsUnseen Read(SocketHandler visit);

    /// <summary>As <see cref="Read"/>, for looks that follow each other: processes are looked up again only when that takes a small share of the time, so a new socket may lack its process for a moment. Memory and tcp_info are there only when <paramref name="full"/>.</summary>
    /// <exception cref="KernelException">The kernel broke off.</exception>
    /// <exception cref="InvalidDataException">What it said does not parse.</exception>
    public abstract SocketsUnseen Poll(SocketHandler visit, bool full);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    /// <summary>Whether the calling thread's namespace has no TCP socket. Asked first, for a pass goes through the host's whole hash table: measured, 26 ms.</summary>
    private protected static bool IsEmpty(ProcFs proc) => SocketCounts.Read(proc) is { InUse: 0, InUse6: 0, TimeWait: 0 };

    /// <summary>Whether a namespace could not be entered because it is no more. EINVAL: its pin is an empty file by now.</summary>
    private protected static bool HasGone(KernelException error) => IsEntering(error) && error.Errno is (Errno.ENOENT or Errno.ESRCH or Errno.EINVAL);

    /// <summary>Whether a namespace could not be entered for want of privilege.</summary>
    private protected static bool IsClosed(KernelException error) => IsEntering(error) && error.Errno is (Errno.EPERM or Errno.EACCES);

    private static bool IsEntering(KernelException error) =>
        error.Call.StartsWith("setns", StringComparison.Ordinal) || error.Call.StartsWith("open", StringComparison.Ordinal);
}

/// <summary>What a list lacks for want of privilege.</summary>
/// <param name="Namespaces">Network namespaces that we may not enter.</param>
/// <param name="Processes">Processes whose descriptors we may not look at.</param>
public readonly record struct SocketsUnseen(int Namespaces, int Processes);
