namespace Tcpwhy.Kernel.Netlink;

/// <summary>Walks the messages of one datagram from the kernel.</summary>
public ref struct NetlinkReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> rest = datagram;

    /// <summary>Header of the current message.</summary>
    public NetlinkHeader Header { get; private set; }

    public readonly NetlinkFlags Flags => (NetlinkFlags)Header.nlmsg_flags;

    /// <summary>What follows the header, without padding.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>Goes to the next message; false at the end.</summary>
    /// <exception cref="InvalidDataException">The next message is longer than what is left, or shorter than its header.</exception>
    public bool Read()
    {
        if (rest.IsEmpty)
            return false;
        Header = Overlay.Read<NetlinkHeader>(rest, "nlmsghdr");
        uint length = Header.nlmsg_len;
        if (length < NetlinkHeader.Size || length > (uint)rest.Length)
            throw new InvalidDataException($"nlmsg_len: {length} with {rest.Length} bytes left");
        Payload = rest[NetlinkHeader.Size..(int)length];

        // The last message of a datagram need not be padded.
        rest = rest[Math.Min((int)((length + 3) & ~3u), rest.Length)..];
        return true;
    }

    /// <summary>The error that the current NLMSG_ERROR or NLMSG_DONE message reports; null when it reports success.</summary>
    /// <param name="call">What was asked, for the exception's message.</param>
    /// <exception cref="InvalidDataException">The message is cut short.</exception>
    public readonly KernelException? Error(string call)
    {
        // A dump that failed half-way says so in its NLMSG_DONE.
        int errno = Overlay.Read<int>(Payload, "nlmsgerr.error");
        return errno == 0 ? null : new KernelException(call, errno == int.MinValue ? int.MaxValue : Math.Abs(errno), ExtendedAck());
    }

    private readonly string? ExtendedAck()
    {
        const int NLMSGERR_ATTR_MSG = 1;
        if ((Flags & NetlinkFlags.NLM_F_ACK_TLVS) == 0)
            return null;
        ReadOnlySpan<byte> attributes = Payload[sizeof(int)..];
        if (Header.nlmsg_type == NetlinkType.NLMSG_ERROR)
        {
            NetlinkHeader request = Overlay.Read<NetlinkHeader>(attributes, "nlmsgerr.msg");
            long repeated = (Flags & NetlinkFlags.NLM_F_CAPPED) != 0 ? NetlinkHeader.Size : (request.nlmsg_len + 3L) & ~3L;
            attributes = Overlay.Slice(attributes, repeated, attributes.Length - repeated, "nlmsgerr.msg.nlmsg_len");
        }
        var reader = new AttributeReader(attributes);
        while (reader.Read())
        {
            if (reader.Type == NLMSGERR_ATTR_MSG)
                return reader.Text();
        }
        return null;
    }
}
