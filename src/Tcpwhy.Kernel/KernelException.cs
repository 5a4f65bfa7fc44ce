using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel;

/// <summary>The kernel refused a call: <c>open(/proc/x): No such file or directory (ENOENT)</c>, then the kernel's own words if it gave any.</summary>
public sealed class KernelException : Exception
{
    /// <param name="call">Name of the call, with its main argument in parentheses if that helps.</param>
    /// <param name="errno">Positive error number.</param>
    /// <param name="kernelText">The netlink extended acknowledgement, a verifier log's last line, or null.</param>
    public KernelException(string call, int errno, string? kernelText = null)
        : base(kernelText is null ? $"{call}: {Kernel.Errno.Text(errno)} ({Kernel.Errno.Name(errno)})" : $"{call}: {Kernel.Errno.Text(errno)} ({Kernel.Errno.Name(errno)}): {kernelText}")
    {
        Call = call;
        Errno = errno;
        KernelText = kernelText;
    }

    /// <summary>The call, as <c>open(/proc/x)</c>.</summary>
    public string Call { get; }

    /// <summary>The positive error number; <see cref="Kernel.Errno.Name"/> names it.</summary>
    public int Errno { get; }

    /// <summary>What the kernel said beyond the number, or null.</summary>
    public string? KernelText { get; }

    /// <summary>The error of the libc call that just failed on this thread.</summary>
    internal static KernelException Last(string call, string? argument = null) =>
        new(argument is null ? call : $"{call}({argument})", Marshal.GetLastPInvokeError());

    /// <summary>Throws the last error when <paramref name="result"/> is below 0, else returns it.</summary>
    internal static int Check(nint result, string call, string? argument = null) =>
        result < 0 ? throw Last(call, argument) : (int)result;
}
