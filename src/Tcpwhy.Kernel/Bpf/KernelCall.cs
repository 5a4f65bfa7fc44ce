using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>Mirrors <c>struct call</c> of bpf/events.h: a call of connect that has not led to a SYN yet.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KernelCall
{
    /// <summary>How many the map holds.</summary>
    public const int Most = 1024;

    public ulong time_ns;
    public ulong sock;
    public uint thread;
    public uint pid;
    public uint netns;
    public uint device;
    public Bytes16 comm;
    public Bytes16 remote;
    public ushort port;
    public ushort family;
    public uint pad;

    /// <summary>As the event that tells that it failed.</summary>
    public readonly KernelEvent Failed() => new()
    {
        time_ns = time_ns,
        sock = sock,
        kind = EventKind.CallFailed,
        netns = netns,
        device = device,
        family = (byte)family,
        remote_port = port,
        remote = remote,
        task = new KernelTask { pid = pid, tid = thread, flags = TaskFlags.Known, comm = comm },
    };
}
