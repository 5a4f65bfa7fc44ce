namespace Tcpwhy.Kernel.Netlink;

/// <summary>Message types that every netlink protocol shares; a protocol's own begin at 16.</summary>
public static class NetlinkType
{
    public const int NLMSG_NOOP = 1;
    public const int NLMSG_ERROR = 2;
    public const int NLMSG_DONE = 3;
    public const int NLMSG_OVERRUN = 4;
    public const int SOCK_DIAG_BY_FAMILY = 20;
}
