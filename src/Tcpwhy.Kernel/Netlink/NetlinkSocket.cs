namespace Tcpwhy.Kernel.Netlink;

/// <summary>A netlink socket in the network namespace of the thread that makes it; it stays in that namespace.</summary>
public sealed class NetlinkSocket : IDisposable
{
    private readonly Fd fd;
    private uint sequence;

    /// <summary>Opens the protocol, as 4 for NETLINK_SOCK_DIAG, with strict checking and extended acknowledgements on where the kernel has them.</summary>
    /// <exception cref="KernelException">The kernel refused, for example because the protocol is not built in.</exception>
    public NetlinkSocket(int protocol)
    {
        fd = Libc.socket(Libc.AF_NETLINK, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, protocol).OrThrow("socket", $"AF_NETLINK, {protocol}");

        // The kernel gives an unbound socket no multicast: its port 0 looks like the sender's own.
        Span<byte> address = stackalloc byte[12];
        address.Clear();
        address[0] = Libc.AF_NETLINK;
        KernelException.Check(Libc.bind(fd, address, (uint)address.Length), "bind", "AF_NETLINK");

        // Linux 4.12 and 4.20; an older kernel only explains less, so its refusal is no error.
        _ = Option(Libc.SOL_NETLINK, Libc.NETLINK_EXT_ACK, 1);
        _ = Option(Libc.SOL_NETLINK, Libc.NETLINK_GET_STRICT_CHK, 1);
    }

    /// <summary>The number to put into the next request's nlmsg_seq.</summary>
    public uint NextSequence() => ++sequence;

    /// <summary>Asks for a receive buffer of so many bytes; without CAP_NET_ADMIN the kernel caps it at net.core.rmem_max.</summary>
    /// <exception cref="KernelException">The kernel refused even a capped one.</exception>
    public void SetReceiveBuffer(int bytes)
    {
        if (Option(Libc.SOL_SOCKET, Libc.SO_RCVBUFFORCE, bytes) < 0)
            KernelException.Check(Option(Libc.SOL_SOCKET, Libc.SO_RCVBUF, bytes), "setsockopt", "SO_RCVBUF");
    }

    /// <summary>Joins a multicast group of the protocol.</summary>
    /// <exception cref="KernelException">No such group, or no right to listen to it.</exception>
    public void Join(int group) =>
        KernelException.Check(Option(Libc.SOL_NETLINK, Libc.NETLINK_ADD_MEMBERSHIP, group), "setsockopt", $"NETLINK_ADD_MEMBERSHIP, {group}");

    /// <summary>Sends one request to the kernel.</summary>
    /// <exception cref="KernelException">The kernel did not take it.</exception>
    public void Send(ReadOnlySpan<byte> message) =>
        KernelException.Check(Libc.send(fd, message, (nuint)message.Length, 0), "send", "AF_NETLINK");

    /// <summary>Waits for a datagram; false when none came within so many milliseconds (-1: for ever).</summary>
    /// <exception cref="KernelException">poll failed.</exception>
    public bool Wait(int timeoutMilliseconds)
    {
        bool added = false;
        fd.DangerousAddRef(ref added);
        try
        {
            var poll = new PollFd { fd = fd.Number, events = Libc.POLLIN };
            int ready = Libc.poll(ref poll, 1, timeoutMilliseconds);

            // A signal handler of the runtime interrupts the wait: the caller's loop waits again.
            if (ready < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Errno.EINTR)
                return false;
            return KernelException.Check(ready, "poll") > 0;
        }
        finally
        {
            if (added)
                fd.DangerousRelease();
        }
    }

    /// <summary>Receives one datagram into <paramref name="buffer"/> and returns its length.</summary>
    /// <exception cref="KernelException">ENOBUFS: messages were lost because nobody read them in time; or another error.</exception>
    /// <exception cref="InvalidDataException">The datagram is longer than the buffer.</exception>
    public int Receive(Span<byte> buffer)
    {
        nint length;
        do
            length = Libc.recv(fd, buffer, (nuint)buffer.Length, Libc.MSG_TRUNC);
        while (length < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Errno.EINTR);
        int received = KernelException.Check(length, "recv", "AF_NETLINK");
        return received <= buffer.Length ? received : throw new InvalidDataException($"netlink datagram: {received} bytes, room for {buffer.Length}");
    }

    public void Dispose() => fd.Dispose();

    private int Option(int level, int name, int value) => Libc.setsockopt(fd, level, name, value, sizeof(int));
}
