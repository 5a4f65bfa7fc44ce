using System.Net.Sockets;

namespace Tcpwhy.Kernel.Sockets;

/// <summary>Sockets of MPTCP, which .NET has no word for.</summary>
public static class MptcpSocket
{
    private const int IPPROTO_MPTCP = 262;

    /// <summary>Opens one.</summary>
    /// <exception cref="KernelException">This kernel has no MPTCP, or net.mptcp.enabled is 0.</exception>
    public static Socket Open(AddressFamily family)
    {
        int socket = LibcSockets.socket(family == AddressFamily.InterNetworkV6 ? Libc.AF_INET6 : Libc.AF_INET, LibcSockets.SOCK_STREAM | Libc.SOCK_CLOEXEC, IPPROTO_MPTCP);
        return socket < 0 ? throw KernelException.Last("socket(IPPROTO_MPTCP)") : new Socket(new SafeSocketHandle(socket, ownsHandle: true));
    }
}
