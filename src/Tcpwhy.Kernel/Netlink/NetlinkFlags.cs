namespace Tcpwhy.Kernel.Netlink;

/// <summary>Flags of nlmsghdr (linux/netlink.h).</summary>
[Flags]
public enum NetlinkFlags
{
    None = 0,
    NLM_F_REQUEST = 1,
    NLM_F_MULTI = 2,
    NLM_F_ACK = 4,

    /// <summary>The table changed while it was dumped: entries may be missing or double.</summary>
    NLM_F_DUMP_INTR = 0x10,

    /// <summary>On an error message: the request is not repeated whole.</summary>
    NLM_F_CAPPED = 0x100,

    /// <summary>On an error message: attributes with the kernel's explanation follow.</summary>
    NLM_F_ACK_TLVS = 0x200,
    NLM_F_DUMP = 0x300,
}
