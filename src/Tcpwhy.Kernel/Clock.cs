using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel;

/// <summary>The kernel's clocks.</summary>
public static partial class Clock
{
    private const int CLOCK_MONOTONIC_COARSE = 6;

    /// <summary>Length of a jiffy in microseconds (4000 with CONFIG_HZ=250): the unit of many of TCP's times.</summary>
    /// <exception cref="KernelException">clock_getres failed.</exception>
    public static uint TickMicroseconds()
    {
        KernelException.Check(clock_getres(CLOCK_MONOTONIC_COARSE, out TimeSpec resolution), "clock_getres");
        return (uint)(resolution.tv_nsec / 1000);
    }

    // int clock_getres(clockid_t clockid, struct timespec *res);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_getres(int clockid, out TimeSpec res);
}
