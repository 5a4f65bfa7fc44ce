using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Sockets;

/// <summary>Signatures of the C library for sockets by number: the sockets of a load are owned together by one <see cref="SocketSet"/>.</summary>
internal static unsafe partial class LibcSockets
{
    public const int SOCK_STREAM = 1;
    public const int SOCK_NONBLOCK = 0x800;
    public const int IPPROTO_IP = 0;
    public const int SO_REUSEADDR = 2;
    public const int SO_ERROR = 4;
    public const int SO_KEEPALIVE = 9;
    public const int SO_LINGER = 13;
    public const int IP_BIND_ADDRESS_NO_PORT = 24;
    public const int TCP_NODELAY = 1;
    public const int TCP_KEEPIDLE = 4;
    public const int TCP_KEEPINTVL = 5;
    public const int TCP_KEEPCNT = 6;
    public const int TCP_INFO = 11;
    public const int MSG_NOSIGNAL = 0x4000;
    public const int EPOLL_CLOEXEC = 0x80000;
    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_MOD = 3;
    public const uint EPOLLIN = 1;
    public const uint EPOLLOUT = 4;
    public const uint EPOLLERR = 8;
    public const uint EPOLLHUP = 0x10;
    public const uint EPOLLRDHUP = 0x2000;
    public const uint EPOLLET = 0x80000000;

    // The number is the same on every architecture; glibc has a wrapper since 2.35.
    public const int SYS_epoll_pwait2 = 441;

    // int socket(int domain, int type, int protocol);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int socket(int domain, int type, int protocol);

    // int connect(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int connect(int sockfd, void* addr, uint addrlen);

    // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(int sockfd, void* addr, uint addrlen);

    // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockname(int sockfd, void* addr, ref uint addrlen);

    // int getpeername(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int getpeername(int sockfd, void* addr, ref uint addrlen);

    // The same for a socket that .NET owns.
    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int getsockname(SafeHandle sockfd, void* addr, ref uint addrlen);

    // ssize_t send(int sockfd, const void *buf, size_t len, int flags);
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint send(int sockfd, void* buf, nuint len, int flags);

    // ssize_t recv(int sockfd, void *buf, size_t len, int flags);
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recv(int sockfd, void* buf, nuint len, int flags);

    // The same for a socket that .NET owns.
    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint recv(SafeHandle sockfd, void* buf, nuint len, int flags);

    // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(int sockfd, int level, int optname, void* optval, uint optlen);

    // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int getsockopt(int sockfd, int level, int optname, void* optval, ref uint optlen);

    // The same two for a socket that .NET owns.
    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int setsockopt(SafeHandle sockfd, int level, int optname, void* optval, uint optlen);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int getsockopt(SafeHandle sockfd, int level, int optname, void* optval, ref uint optlen);

    // int close(int fd);
    [LibraryImport("libc")]
    public static partial int close(int fd);

    // int epoll_create1(int flags);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_create1(int flags);

    // int epoll_ctl(int epfd, int op, int fd, struct epoll_event *event);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_ctl(int epfd, int op, int fd, void* @event);

    // int epoll_wait(int epfd, struct epoll_event *events, int maxevents, int timeout);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int epoll_wait(int epfd, void* events, int maxevents, int timeout);

    // long syscall(SYS_epoll_pwait2, int epfd, struct epoll_event *events, int maxevents, const struct timespec *timeout, const sigset_t *sigmask, size_t sigsetsize);
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint syscall_epoll_pwait2(nint number, nint epfd, void* events, nint maxevents, void* timeout, void* sigmask, nuint sigsetsize);
}
