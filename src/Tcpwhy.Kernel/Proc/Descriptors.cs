using System.Buffers.Text;

namespace Tcpwhy.Kernel.Proc;

/// <summary>Finds which process holds a socket by looking at every descriptor of every process: the way without BPF.</summary>
public static class Descriptors
{
    /// <summary>Maps a socket's inode to the first process that holds it, for all processes that we may look at.</summary>
    /// <param name="unreadable">Processes that the kernel did not let us look at (CAP_SYS_PTRACE).</param>
    /// <exception cref="KernelException">/proc itself cannot be read.</exception>
    public static Dictionary<ulong, int> SocketOwners(ProcFs proc, out int unreadable)
    {
        var owners = new Dictionary<ulong, int>();
        unreadable = EachSocket(proc, (inode, pid, _) => owners.TryAdd(inode, pid));
        return owners;
    }

    /// <summary>Hands over every socket descriptor; returns how many processes the kernel did not let us look at (CAP_SYS_PTRACE).</summary>
    /// <exception cref="KernelException">/proc itself cannot be read.</exception>
    public static int EachSocket(ProcFs proc, DescriptorHandler visit)
    {
        byte[] entries = new byte[32 * 1024];
        int unreadable = 0;
        foreach (int pid in proc.Pids())
        {
            string path = proc.Path($"{pid}/fd");
            using Fd directory = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC | Libc.O_DIRECTORY, 0);
            if (!directory.IsInvalid)
                Scan(directory, entries, pid, visit);
            else if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() is Errno.EACCES or Errno.EPERM)
                unreadable++;
        }
        return unreadable;
    }

    /// <summary>How many descriptors a process has open; 0 when it ended or is another user's.</summary>
    public static unsafe int Count(ProcFs proc, int pid)
    {
        // Since Linux 6.2 the directory's size is their number: struct statx has it at byte 40.
        const int AT_FDCWD = -100, Size = 256, SizeAt = 40;
        const uint STATX_SIZE = 0x200;
        byte* status = stackalloc byte[Size];
        if (proc.Root == "/proc" && Libc.statx(AT_FDCWD, proc.Path($"{pid}/fd"), 0, STATX_SIZE, status) == 0 && *(ulong*)(status + SizeAt) is var open and > 0 and <= int.MaxValue)
            return (int)open;
        using Fd directory = Libc.open(proc.Path($"{pid}/fd"), Libc.O_RDONLY | Libc.O_CLOEXEC | Libc.O_DIRECTORY, 0);
        if (directory.IsInvalid)
            return 0;
        var reader = new DirectoryReader(directory, new byte[32 * 1024]);
        int count = 0;
        while (reader.Read())
            count += reader.Number is null ? 0 : 1;
        return count;
    }

    /// <summary>Reads the N of <c>socket:[N]</c>; 0 for anything else.</summary>
    internal static ulong SocketInode(ReadOnlySpan<byte> link)
    {
        ReadOnlySpan<byte> prefix = "socket:["u8;
        return link.StartsWith(prefix) && Utf8Parser.TryParse(link[prefix.Length..], out ulong inode, out int used)
            && link[(prefix.Length + used)..].SequenceEqual("]"u8) ? inode : 0;
    }

    private static void Scan(Fd directory, byte[] entries, int pid, DescriptorHandler visit)
    {
        Span<byte> link = stackalloc byte[64];
        var reader = new DirectoryReader(directory, entries);
        while (reader.Read())
        {
            if (reader.Number is not { } descriptor)
                continue;
            nint length = Libc.readlinkat(directory, reader.NameWithNul, link, (nuint)link.Length);
            if (length > 0 && SocketInode(link[..(int)length]) is var inode && inode != 0)
                visit(inode, pid, descriptor);
        }
    }
}

/// <summary>Takes one socket descriptor of a process; the inode is the N of socket:[N].</summary>
public delegate void DescriptorHandler(ulong inode, int pid, int descriptor);
