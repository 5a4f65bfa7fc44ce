namespace Tcpwhy.Kernel.Sockets;

/// <summary>What epoll said of one socket.</summary>
/// <param name="Slot">The number under which it was opened.</param>
/// <param name="Events">EPOLLIN, EPOLLOUT and their kin, joined.</param>
public readonly record struct Ready(int Slot, uint Events)
{
    /// <summary>There is something to read: data, an end or an error.</summary>
    public bool Readable => (Events & (LibcSockets.EPOLLIN | LibcSockets.EPOLLRDHUP | LibcSockets.EPOLLERR | LibcSockets.EPOLLHUP)) != 0;

    /// <summary>It is connected, or has room for more to send.</summary>
    public bool Writable => (Events & (LibcSockets.EPOLLOUT | LibcSockets.EPOLLERR | LibcSockets.EPOLLHUP)) != 0;

    /// <summary>The peer has ended its side, or the connection broke: after the data comes an end or an error.</summary>
    public bool Ended => (Events & (LibcSockets.EPOLLRDHUP | LibcSockets.EPOLLERR | LibcSockets.EPOLLHUP)) != 0;
}
