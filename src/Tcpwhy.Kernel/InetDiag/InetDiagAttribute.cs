namespace Tcpwhy.Kernel.InetDiag;

/// <summary>Attributes of a reply (linux/inet_diag.h).</summary>
internal enum InetDiagAttribute
{
    MEMINFO = 1,
    INFO = 2,
    VEGASINFO = 3,
    CONG = 4,
    TOS = 5,
    TCLASS = 6,
    SKMEMINFO = 7,
    SHUTDOWN = 8,
    SKV6ONLY = 11,
    MARK = 15,
    CGROUP_ID = 21,
}
