using System.Runtime.InteropServices;

namespace Tcpwhy.Kernel;

/// <summary>Short sleeps to the microsecond, where the runtime's own end on the next millisecond.</summary>
public static partial class Nap
{
    private const int PR_SET_TIMERSLACK = 29;

    /// <summary>Lets the calling thread's sleeps end on time; the kernel's default is up to 50 µs late.</summary>
    public static void BePunctual() => _ = Libc.prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);

    /// <summary>Sleeps so long, or until a signal.</summary>
    public static void For(TimeSpan time)
    {
        if (time > TimeSpan.Zero)
            _ = nanosleep(new TimeSpec { tv_sec = time.Ticks / TimeSpan.TicksPerSecond, tv_nsec = time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick }, 0);
    }

    // int nanosleep(const struct timespec *duration, struct timespec *rem);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int nanosleep(in TimeSpec duration, nint rem);
}
