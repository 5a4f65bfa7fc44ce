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

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}

/// <summary>What a list lacks for want of privilege.</summary>
/// <param name="Namespaces">Network namespaces that we may not enter.</param>
/// <param name="Processes">Processes whose descriptors we may not look at.</param>
public readonly record struct SocketsUnseen(int Namespaces, int Processes);
