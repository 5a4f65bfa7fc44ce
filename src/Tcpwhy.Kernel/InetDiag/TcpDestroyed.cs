using Tcpwhy.Kernel.Netlink;

namespace Tcpwhy.Kernel.InetDiag;

/// <summary>Hears of every TCP socket that is destroyed in its network namespace, with a last tcp_info (Linux 4.5); TIME_WAIT follows later and is not told.</summary>
/// <remarks>The state is always CLOSE and the inode 0; a socket that its process aborted (SO_LINGER 0) has forgotten its remote port: know it by its cookie.</remarks>
public sealed class TcpDestroyed : IDisposable
{
    private const int SKNLGRP_INET_TCP_DESTROY = 1;
    private const int SKNLGRP_INET6_TCP_DESTROY = 3;

    private readonly byte[] buffer = GC.AllocateUninitializedArray<byte>(64 * 1024);
    private readonly NetlinkSocket socket;

    /// <param name="receiveBuffer">Bytes that the kernel may hold for us; one message takes about 1 KiB of it.</param>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public TcpDestroyed(int receiveBuffer = 8 * 1024 * 1024)
    {
        socket = new NetlinkSocket(Libc.NETLINK_SOCK_DIAG);
        socket.SetReceiveBuffer(receiveBuffer);
        socket.Join(SKNLGRP_INET_TCP_DESTROY);
        socket.Join(SKNLGRP_INET6_TCP_DESTROY);
    }

    /// <summary>How often the kernel found the receive buffer full: each time it threw away an unknown number of messages.</summary>
    public long Overruns { get; private set; }

    /// <summary>Waits so many milliseconds (-1: for ever) for a datagram and hands its sockets on; false when none came.</summary>
    /// <exception cref="KernelException">The kernel reported an error other than an overrun.</exception>
    /// <exception cref="InvalidDataException">A message that does not parse.</exception>
    public bool Read(int timeoutMilliseconds, InetDiagHandler visit)
    {
        if (!socket.Wait(timeoutMilliseconds))
            return false;
        int length;
        try
        {
            length = socket.Receive(buffer);
        }
        catch (KernelException error) when (error.Errno == Errno.ENOBUFS)
        {
            Overruns++;
            return true;
        }
        var reader = new NetlinkReader(buffer.AsSpan(0, length));
        while (reader.Read())
        {
            if (reader.Header.nlmsg_type == NetlinkType.SOCK_DIAG_BY_FAMILY)
                visit(new InetDiagMessage(reader.Payload));
        }
        return true;
    }

    public void Dispose() => socket.Dispose();
}
