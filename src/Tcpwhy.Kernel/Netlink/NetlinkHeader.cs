namespace Tcpwhy.Kernel.Netlink;

/// <summary>struct nlmsghdr: every netlink message begins with it.</summary>
public readonly struct NetlinkHeader
{
    public const int Size = 16;

    /// <summary>Bytes of the message with this header, without padding.</summary>
    public readonly uint nlmsg_len;
    public readonly ushort nlmsg_type;
    public readonly ushort nlmsg_flags;
    public readonly uint nlmsg_seq;
    public readonly uint nlmsg_pid;

    internal NetlinkHeader(int length, ushort type, NetlinkFlags flags, uint sequence)
    {
        nlmsg_len = (uint)length;
        nlmsg_type = type;
        nlmsg_flags = (ushort)flags;
        nlmsg_seq = sequence;
    }
}
