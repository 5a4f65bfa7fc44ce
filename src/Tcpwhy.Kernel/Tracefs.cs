using System.Globalization;
using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Kernel;

/// <summary>Reads the kernel's list of classic tracepoints without changing the host: through a mount that exists, else through one that only this object sees.</summary>
public sealed class Tracefs : IDisposable
{
    private readonly Fd root;

    private Tracefs(Fd root) => this.root = root;

    /// <summary>Opens tracefs; needs root, or CAP_SYS_ADMIN when it is not mounted.</summary>
    /// <exception cref="KernelException">The kernel has no tracefs, or refused.</exception>
    public static Tracefs Open(ProcFs proc)
    {
        // Only what is mounted already: opening /sys/kernel/debug/tracing itself would make the kernel mount it there.
        Mount? mount = Mount.List(proc).LastOrDefault(mount => mount is { Type: "tracefs", Root: "/" });
        return new Tracefs(mount is not null ? Fd.Open(mount.Path) : Detached());
    }

    /// <summary>The id of a tracepoint, as of <c>syscalls</c>, <c>sys_exit_connect</c>; null when this kernel has none of that name.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    /// <exception cref="InvalidDataException">The id is no number.</exception>
    public int? TracepointId(string category, string name)
    {
        string path = $"events/{category}/{name}/id";
        using Fd fd = Libc.openat(root, path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        if (fd.IsInvalid)
            return System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == Errno.ENOENT ? null : throw KernelException.Last("openat", path);
        byte[] text = new byte[32];
        int length = KernelException.Check(Libc.read(fd, text, (nuint)text.Length), "read", path);
        return int.TryParse(text.AsSpan(0, length).TrimEnd((byte)'\n'), NumberStyles.None, null, out int id) ? id : throw new InvalidDataException($"{path}: no number");
    }

    public void Dispose() => root.Dispose();

    /// <summary>Mounts tracefs nowhere (Linux 5.2): the mount ends with its descriptor.</summary>
    internal static Fd Detached()
    {
        using Fd context = Libc.syscall_fsopen(Libc.SYS_fsopen, "tracefs", Libc.FSOPEN_CLOEXEC).OrThrow("fsopen", "tracefs");
        KernelException.Check(Libc.syscall_fsconfig(Libc.SYS_fsconfig, context, Libc.FSCONFIG_CMD_CREATE, null, null, 0), "fsconfig", "tracefs");
        return Libc.syscall_fsmount(Libc.SYS_fsmount, context, Libc.FSMOUNT_CLOEXEC, 0).OrThrow("fsmount", "tracefs");
    }

    /// <summary>As <see cref="Open"/>, always with a mount of its own.</summary>
    internal static Tracefs OpenDetached() => new(Detached());
}
