namespace Tcpwhy.Kernel.InetDiag;

/// <summary>The array of INET_DIAG_SKMEMINFO, in bytes unless said (SK_MEMINFO_* in linux/sock_diag.h).</summary>
public struct SkMemInfo
{
    public uint rmem_alloc;
    public uint rcvbuf;
    public uint wmem_alloc;
    public uint sndbuf;
    public uint fwd_alloc;
    public uint wmem_queued;
    public uint optmem;
    public uint backlog;

    /// <summary>Packets that found the receive buffer full; on a listener, SYNs and handshakes dropped.</summary>
    public uint drops;
}
