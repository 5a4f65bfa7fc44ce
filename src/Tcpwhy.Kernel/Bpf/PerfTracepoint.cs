using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel.Bpf;

/// <summary>Opens a classic tracepoint as a perf event, so that a BPF program can be attached to it on all CPUs.</summary>
public static unsafe partial class PerfTracepoint
{
    private const int SYS_perf_event_open_x64 = 298;
    private const int SYS_perf_event_open_arm64 = 241;
    private const uint PERF_TYPE_TRACEPOINT = 2;
    private const uint PERF_FLAG_FD_CLOEXEC = 8;
    private const int AttributeSize = 64; // PERF_ATTR_SIZE_VER0

    /// <summary>Opens tracepoint <paramref name="id"/>; the caller closes the descriptor after the link.</summary>
    public static Fd Open(int id)
    {
        byte* attribute = stackalloc byte[AttributeSize];
        new Span<byte>(attribute, AttributeSize).Clear();
        *(uint*)attribute = PERF_TYPE_TRACEPOINT;
        *(uint*)(attribute + 4) = AttributeSize;
        *(ulong*)(attribute + 8) = (ulong)id;
        *(ulong*)(attribute + 16) = 1; // sample_period
        int number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? SYS_perf_event_open_arm64 : SYS_perf_event_open_x64;
        // A BPF program attached to one CPU's event runs for all: the kernel keeps it with the tracepoint.
        long descriptor = syscall(number, attribute, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
        return descriptor >= 0
            ? new Fd((int)descriptor)
            : throw new KernelException("perf_event_open", Marshal.GetLastPInvokeError());
    }

    // long syscall(long number, ...);
    [LibraryImport("libc", SetLastError = true)]
    private static partial long syscall(long number, void* attr, int pid, int cpu, int group_fd, ulong flags);
}
