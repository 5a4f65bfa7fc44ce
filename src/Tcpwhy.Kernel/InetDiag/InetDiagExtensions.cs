namespace Tcpwhy.Kernel.InetDiag;

/// <summary>What a dump shall tell of each socket beyond its header: bits of idiag_ext (linux/inet_diag.h).</summary>
[Flags]
public enum InetDiagExtensions
{
    None = 0,
    MEMINFO = 1 << 0,

    /// <summary>struct tcp_info.</summary>
    INFO = 1 << 1,
    VEGASINFO = 1 << 2,

    /// <summary>Name of the congestion control.</summary>
    CONG = 1 << 3,
    TOS = 1 << 4,
    TCLASS = 1 << 5,
    SKMEMINFO = 1 << 6,
    SHUTDOWN = 1 << 7,
}
