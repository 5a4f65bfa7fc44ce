using System.Net;
using System.Runtime.InteropServices;
using Tcpwhy.Kernel.InetDiag;

namespace Tcpwhy.Kernel.Sockets;

/// <summary>Options of a socket that .NET opened (Socket.SafeHandle), as the kernel has them.</summary>
public static unsafe class SocketOptions
{
    private const int LongestAddress = 28;

    /// <summary>TCP_INFO: what the kernel knows of the connection.</summary>
    /// <exception cref="KernelException">It is no TCP socket.</exception>
    public static TcpInfo ReadInfo(SafeHandle socket)
    {
        TcpInfo info = default;
        uint length = (uint)TcpInfo.Size;
        KernelException.Check(LibcSockets.getsockopt(socket, Libc.IPPROTO_TCP, LibcSockets.TCP_INFO, &info, ref length), "getsockopt(TCP_INFO)");
        return info;
    }

    /// <summary>The socket's own end, which .NET tells only of one that is bound or connected; null when the kernel gave none yet.</summary>
    public static IPEndPoint? LocalEnd(SafeHandle socket)
    {
        Span<byte> address = stackalloc byte[LongestAddress];
        uint length = (uint)address.Length;
        fixed (byte* first = address)
        {
            if (LibcSockets.getsockname(socket, first, ref length) < 0)
                return null;
        }
        return RawAddress.Parse(address[..(int)Math.Min(length, (uint)address.Length)]) is { Port: not 0 } end ? end : null;
    }

    /// <summary>The number that the kernel has for an option.</summary>
    /// <exception cref="KernelException">The kernel has no such option here.</exception>
    public static int Get(SafeHandle socket, int level, int option)
    {
        int value = 0;
        uint length = sizeof(int);
        KernelException.Check(LibcSockets.getsockopt(socket, level, option, &value, ref length), $"getsockopt({level}, {option})");
        return value;
    }

    /// <summary>Sets an option that is a number.</summary>
    /// <exception cref="KernelException">The kernel refused the value.</exception>
    public static void Set(SafeHandle socket, int level, int option, int value) =>
        KernelException.Check(LibcSockets.setsockopt(socket, level, option, &value, sizeof(int)), $"setsockopt({level}, {option}, {value})");
}
