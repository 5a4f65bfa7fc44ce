using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Tcpwhy.Kernel.Proc;

/// <summary>The /proc file system, or a copy of some of its files. An absent file is null; an unreadable one throws.</summary>
/// <param name="root">Where it is mounted.</param>
public sealed class ProcFs(string root = "/proc")
{
    // Measured: /proc/net/netstat takes 4 KiB, an idle host's /proc/net/softnet_stat 140 bytes a CPU.
    private const int FirstRead = 8 * 1024;

    public string Root { get; } = root;

    /// <summary>Path of a file below the root.</summary>
    public string Path(string relative) => $"{Root}/{relative}";

    /// <summary>The bytes of a file; null when it is absent or its process has just ended.</summary>
    /// <exception cref="KernelException">The kernel refused to open or read it.</exception>
    public byte[]? ReadBytes(string relative)
    {
        string path = Path(relative);
        using Fd fd = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        if (fd.IsInvalid)
            return Absent() ? null : throw KernelException.Last("open", path);
        byte[] buffer = new byte[FirstRead];
        int length = 0;
        while (true)
        {
            nint read = Libc.read(fd, buffer.AsSpan(length), (nuint)(buffer.Length - length));
            if (read < 0)
            {
                if (Marshal.GetLastPInvokeError() == Errno.EINTR)
                    continue;
                return Absent() ? null : throw KernelException.Last("read", path);
            }
            if (read == 0)
                return buffer[..length];
            length += (int)read;
            if (length == buffer.Length)
                Array.Resize(ref buffer, buffer.Length * 4);
        }
    }

    /// <summary>The text of a file; null when it is absent. Bytes that are no UTF-8 become U+FFFD.</summary>
    /// <exception cref="KernelException">The kernel refused to open or read it.</exception>
    public string? ReadText(string relative) => ReadBytes(relative) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Where a symbolic link points, as <c>net:[4026531833]</c>; null when it is absent.</summary>
    /// <exception cref="KernelException">The kernel refused: links of other users' processes need CAP_SYS_PTRACE.</exception>
    public string? ReadLink(string relative)
    {
        string path = Path(relative);
        byte[] buffer = new byte[4096];
        nint length = Libc.readlink(path, buffer, (nuint)buffer.Length);
        if (length < 0)
            return Absent() ? null : throw KernelException.Last("readlink", path);
        return Encoding.UTF8.GetString(buffer, 0, (int)length);
    }

    /// <summary>Every process, in the kernel's order.</summary>
    /// <exception cref="KernelException">The root cannot be read.</exception>
    public List<int> Pids()
    {
        var pids = new List<int>(512);
        using Fd directory = Fd.Open(Root);
        var reader = new DirectoryReader(directory, new byte[32 * 1024]);
        while (reader.Read())
        {
            if (reader.Number is { } pid)
                pids.Add(pid);
        }
        return pids;
    }

    /// <summary>Inode of a process's network namespace; null when it ended or belongs to somebody else whom we may not look at.</summary>
    public uint? NetworkNamespace(int pid)
    {
        try
        {
            return NamespaceInode(ReadLink($"{pid}/ns/net"));
        }
        catch (KernelException error) when (error.Errno is Errno.EACCES or Errno.EPERM)
        {
            return null;
        }
    }

    /// <summary>Inode of the network namespace of the calling thread; null when /proc is absent.</summary>
    public uint? OwnNetworkNamespace() => NamespaceInode(ReadLink("thread-self/ns/net"));

    /// <summary>Reads <c>net:[N]</c>.</summary>
    internal static uint? NamespaceInode(string? link) =>
        link is not null && link.StartsWith("net:[", StringComparison.Ordinal) && link.EndsWith(']')
        && uint.TryParse(link.AsSpan(5, link.Length - 6), NumberStyles.None, null, out uint inode) ? inode : null;

    // ESRCH: the process ended between open and read.
    private static bool Absent() => Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ESRCH or Errno.ENOTDIR;
}
