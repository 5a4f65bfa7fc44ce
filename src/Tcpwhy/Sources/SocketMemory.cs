using Tcpwhy.Kernel.InetDiag;

namespace Tcpwhy.Sources;

/// <summary>Memory of a socket in bytes, as the kernel accounts for it: packets with their overhead.</summary>
public readonly record struct SocketMemory
{
    internal SocketMemory(in SkMemInfo memory)
    {
        ReceiveBytes = memory.rmem_alloc;
        ReceiveBufferBytes = memory.rcvbuf;
        TransmitBytes = memory.wmem_alloc;
        SendBufferBytes = memory.sndbuf;
        ForwardBytes = (int)memory.fwd_alloc;
        SendQueueBytes = memory.wmem_queued;
        OptionBytes = memory.optmem;
        BacklogBytes = memory.backlog;
        Drops = memory.drops;
    }

    public uint ReceiveBytes { get; }
    public uint ReceiveBufferBytes { get; }

    /// <summary>Handed to the network and not freed yet.</summary>
    public uint TransmitBytes { get; }
    public uint SendBufferBytes { get; }

    /// <summary>Reserved and not used; the kernel lets it fall below 0 for a moment.</summary>
    public int ForwardBytes { get; }
    public uint SendQueueBytes { get; }
    public uint OptionBytes { get; }

    /// <summary>Arrived while the socket was locked.</summary>
    public uint BacklogBytes { get; }

    /// <summary>Packets that found the buffer full; of a listener, SYNs and handshakes dropped.</summary>
    public uint Drops { get; }
}
