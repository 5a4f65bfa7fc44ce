using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel;

/// <summary>The kernel's clocks.</summary>
public static partial class Clock
{
    private const int CLOCK_MONOTONIC_COARSE = 6;
    private const int CLOCK_THREAD_CPUTIME_ID = 3;

    [ThreadStatic]
    private static TimeSpan s_charged;

    /// <summary>Length of a jiffy in microseconds (4000 with CONFIG_HZ=250): the unit of many of TCP's times.</summary>
    /// <exception cref="KernelException">clock_getres failed.</exception>
    public static uint TickMicroseconds()
    {
        KernelException.Check(clock_getres(CLOCK_MONOTONIC_COARSE, out TimeSpec resolution), "clock_getres");
        return (uint)(resolution.tv_nsec / 1000);
    }

    /// <summary>Processor time that the calling thread has used, in user and in system mode, and with it that of threads that worked for it: see <see cref="Charge"/>.</summary>
    /// <exception cref="KernelException">clock_gettime failed.</exception>
    public static TimeSpan ThreadCpu()
    {
        KernelException.Check(Libc.clock_gettime(CLOCK_THREAD_CPUTIME_ID, out TimeSpec used), "clock_gettime");
        return TimeSpan.FromTicks((used.tv_sec * TimeSpan.TicksPerSecond) + (used.tv_nsec / 100)) + s_charged;
    }

    /// <summary>Adds to the calling thread's time what a thread used that it let work in its stead.</summary>
    internal static void Charge(TimeSpan used) => s_charged += used;

    // int clock_getres(clockid_t clockid, struct timespec *res);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_getres(int clockid, out TimeSpec res);
}
