namespace Tcpwhy.Kernel;

/// <summary>The capabilities that this program may need, with the kernel's numbers (linux/capability.h).</summary>
public enum Capability
{
    CAP_DAC_READ_SEARCH = 2,
    CAP_KILL = 5,
    CAP_SETPCAP = 8,
    CAP_NET_BIND_SERVICE = 10,
    CAP_NET_ADMIN = 12,
    CAP_NET_RAW = 13,

    /// <summary>Reads descriptors and namespaces of other users' processes.</summary>
    CAP_SYS_PTRACE = 19,

    /// <summary>Enters network namespaces; before Linux 5.8 also loads BPF programs.</summary>
    CAP_SYS_ADMIN = 21,
    CAP_SYS_RESOURCE = 24,

    /// <summary>Since Linux 5.8.</summary>
    CAP_PERFMON = 38,

    /// <summary>Since Linux 5.8.</summary>
    CAP_BPF = 39,
}
