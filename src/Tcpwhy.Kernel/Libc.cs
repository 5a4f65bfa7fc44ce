using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel;

/// <summary>Signatures of the C library, nothing more. A result below 0 means an error: see <see cref="KernelException.Last"/>.</summary>
internal static unsafe partial class Libc
{
    // int open(const char *pathname, int flags, mode_t mode);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial Fd open(string pathname, int flags, uint mode);

    // int openat(int dirfd, const char *pathname, int flags, mode_t mode);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial Fd openat(Fd dirfd, string pathname, int flags, uint mode);

    // ssize_t read(int fd, void *buf, size_t count);
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint read(Fd fd, Span<byte> buf, nuint count);

    // ssize_t write(int fd, const void *buf, size_t count);
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint write(Fd fd, ReadOnlySpan<byte> buf, nuint count);

    // int fsync(int fd);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int fsync(Fd fd);

    // pid_t setsid(void);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsid();

    // int ioctl(int fd, unsigned long request, ...);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int ioctl(Fd fd, nuint request, byte* argument);

    // int close(int fd);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int close(nint fd);

    // ssize_t readlink(const char *pathname, char *buf, size_t bufsiz);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint readlink(string pathname, Span<byte> buf, nuint bufsiz);

    // ssize_t readlinkat(int dirfd, const char *pathname, char *buf, size_t bufsiz);
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint readlinkat(Fd dirfd, ReadOnlySpan<byte> pathname, Span<byte> buf, nuint bufsiz);

    // ssize_t getdents64(int fd, void *dirp, size_t count);
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint getdents64(Fd fd, Span<byte> dirp, nuint count);

    // int setns(int fd, int nstype);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int setns(Fd fd, int nstype);

    // int unshare(int flags);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int unshare(int flags);

    // int socket(int domain, int type, int protocol);
    [LibraryImport("libc", SetLastError = true)]
    public static partial Fd socket(int domain, int type, int protocol);

    // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int bind(Fd sockfd, ReadOnlySpan<byte> addr, uint addrlen);

    // ssize_t send(int sockfd, const void *buf, size_t len, int flags);
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint send(Fd sockfd, ReadOnlySpan<byte> buf, nuint len, int flags);

    // ssize_t sendto(int sockfd, const void *buf, size_t len, int flags, const struct sockaddr *dest_addr, socklen_t addrlen);
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint sendto(Fd sockfd, ReadOnlySpan<byte> buf, nuint len, int flags, ReadOnlySpan<byte> dest_addr, uint addrlen);

    // ssize_t recv(int sockfd, void *buf, size_t len, int flags);
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint recv(Fd sockfd, Span<byte> buf, nuint len, int flags);

    // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int setsockopt(Fd sockfd, int level, int optname, in int optval, uint optlen);

    // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int poll(ref PollFd fds, nuint nfds, int timeout);

    // int prctl(int option, unsigned long arg2, unsigned long arg3, unsigned long arg4, unsigned long arg5);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nuint arg2, nuint arg3, nuint arg4, nuint arg5);

    // int capget(cap_user_header_t hdrp, cap_user_data_t datap);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int capget(ref CapHeader hdrp, Span<CapData> datap);

    // int capset(cap_user_header_t hdrp, const cap_user_data_t datap);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int capset(ref CapHeader hdrp, ReadOnlySpan<CapData> datap);

    // uid_t geteuid(void);
    [LibraryImport("libc")]
    public static partial uint geteuid();

    // int kill(pid_t pid, int sig);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int pid, int sig);

    // int getrusage(int who, struct rusage *usage);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int getrusage(int who, out ResourceUse usage);

    // int clock_gettime(clockid_t clockid, struct timespec *tp);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int clock_gettime(int clockid, out TimeSpec tp);

    // int getrlimit(int resource, struct rlimit *rlim);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int getrlimit(int resource, out RLimit rlim);

    // int setrlimit(int resource, const struct rlimit *rlim);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int setrlimit(int resource, in RLimit rlim);

    // int prlimit(pid_t pid, int resource, const struct rlimit *new_limit, struct rlimit *old_limit);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int prlimit(int pid, int resource, RLimit* new_limit, out RLimit old_limit);

    // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);
    [LibraryImport("libc", SetLastError = true)]
    public static partial nint mmap(nint addr, nuint length, int prot, int flags, int fd, nint offset);

    // int munmap(void *addr, size_t length);
    [LibraryImport("libc", SetLastError = true)]
    public static partial int munmap(nint addr, nuint length);

    // long syscall(SYS_userfaultfd, int flags); glibc has no wrapper.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial Fd syscall_userfaultfd(nint number, nint flags);

    // int statx(int dirfd, const char *path, int flags, unsigned int mask, struct statx *buf); its layout is the same on every architecture.
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(int dirfd, string path, int flags, uint mask, byte* buf);
}
