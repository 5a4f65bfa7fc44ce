using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel;

/// <summary>A file descriptor that is closed once, by Dispose or at the latest by the finalizer.</summary>
public sealed class Fd : SafeHandle
{
    /// <summary>An invalid descriptor; the interop code fills it in.</summary>
    public Fd() : base(-1, ownsHandle: true)
    {
    }

    /// <summary>Takes over descriptor <paramref name="number"/>, as libbpf returns it, or only looks at it.</summary>
    public Fd(int number, bool ownsHandle = true) : base(-1, ownsHandle) => SetHandle(number);

    // A C int below 0; syscall() returns it sign-extended, open() does not.
    public override bool IsInvalid => (int)handle < 0;

    /// <summary>The number, for calls that take an int; valid only while this object lives.</summary>
    public int Number => (int)handle;

    /// <summary>Opens a file for reading with close-on-exec.</summary>
    /// <exception cref="KernelException">The kernel refused.</exception>
    public static Fd Open(string path)
    {
        Fd fd = Libc.open(path, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        return fd.OrThrow("open", path);
    }

    /// <summary>This descriptor, or the error of the call that was to make it.</summary>
    internal Fd OrThrow(string call, string? argument = null)
    {
        if (!IsInvalid)
            return this;
        var error = KernelException.Last(call, argument);
        Dispose();
        throw error;
    }

    // close() frees the number even when it reports an error (Linux), so its result must not be retried or reported.
    protected override bool ReleaseHandle()
    {
        _ = Libc.close(handle);
        return true;
    }
}
