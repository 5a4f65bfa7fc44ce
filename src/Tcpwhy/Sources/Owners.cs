using Tcpwhy.Kernel.Bpf;
using Tcpwhy.Kernel.Proc;
using Tcpwhy.Model;

namespace Tcpwhy.Sources;

/// <summary>Which process stands behind a socket: the one that acted, the one that holds its descriptor, the one that listens.</summary>
internal sealed class Owners(ProcFs proc)
{
    private const int Most = 20_000;
    private readonly Dictionary<int, (string Comm, string? Container)> _containers = [];
    private readonly Dictionary<(uint Netns, int Port), ProcessInfo> _listeners = [];
    private Dictionary<ulong, int> _holders = [];

    /// <summary>Looks once at every descriptor of the host, for the connections that were there before us.</summary>
    public void Scan() => _holders = Descriptors.SocketOwners(proc, out _);

    /// <summary>The process named in an event, with its container.</summary>
    public ProcessInfo? Acting(in KernelTask task)
    {
        if (task.pid == 0)
            return null;
        string comm = KernelEvents.Comm(task.comm);
        bool exiting = task.flags.HasFlag(TaskFlags.Exiting);
        return new ProcessInfo((int)task.pid, comm)
        {
            Container = Container((int)task.pid, comm),
            Exiting = exiting,
            Younger = task.flags.HasFlag(TaskFlags.Younger),
            Signal = exiting ? (int)(task.exit_code & 0x7f) : 0,
            ExitStatus = exiting ? (int)(task.exit_code >> 8 & 0xff) : 0,
        };
    }

    /// <summary>The process that held the socket when we began.</summary>
    public ProcessInfo? Holding(ulong inode) => inode != 0 && _holders.TryGetValue(inode, out int pid) ? Named(pid) : null;

    /// <summary>The process that listens on a port of a namespace.</summary>
    public ProcessInfo? Listener(uint netns, Endpoint local) => _listeners.GetValueOrDefault((netns, local.Port));

    /// <summary>Remembers who listens where.</summary>
    public void Observe(Listening listening)
    {
        if (!listening.Closed && listening.Process is { } process)
            _listeners[(listening.Netns, listening.Local.Port)] = process;
    }

    /// <summary>A live process by its pid; null when it is gone.</summary>
    public ProcessInfo? Named(int pid)
    {
        ProcessEntry? entry = ProcessEntry.Read(proc, pid);
        return entry is null ? null : new ProcessInfo(pid, entry.Comm) { Container = entry.Container };
    }

    private string? Container(int pid, string comm)
    {
        // A pid with another name is another process.
        if (_containers.TryGetValue(pid, out var known) && known.Comm == comm)
            return known.Container;
        if (_containers.Count >= Most)
            _containers.Clear();
        string? container = ProcessEntry.Read(proc, pid)?.Container;
        _containers[pid] = (comm, container);
        return container;
    }
}
