using System.Text;
using Tcpwhy.Kernel;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Sources;

/// <summary>A process that holds sockets.</summary>
public sealed class SocketOwner
{
    private readonly ProcFs _proc;
    private readonly byte[] _comm;
    private string? _container;
    private bool _containerRead;

    internal SocketOwner(ProcFs proc, int index, int pid, ReadOnlySpan<byte> comm)
    {
        (_proc, Index, Pid) = (proc, index, pid);
        int end = comm.IndexOf((byte)0);
        _comm = (end < 0 ? comm : comm[..end]).ToArray();
    }

    /// <summary>Its place among the owners of one list, from 0.</summary>
    public int Index { get; }
    public int Pid { get; }

    /// <summary>The kernel's name of the process, at most 15 bytes of anything.</summary>
    public ReadOnlySpan<byte> CommBytes => _comm;

    /// <summary>The name as text; bytes that are no UTF-8 become U+FFFD.</summary>
    public string Comm => Encoding.UTF8.GetString(_comm);

    /// <summary>The container's id, or null outside one; read when first asked for.</summary>
    public string? Container
    {
        get
        {
            if (!_containerRead)
                _container = ReadContainer();
            _containerRead = true;
            return _container;
        }
    }

    private string? ReadContainer()
    {
        try
        {
            return ContainerId.FromCgroup(ProcessEntry.ReadCgroup(_proc, Pid));
        }
        catch (KernelException)
        {
            return null; // the process ended
        }
    }
}
