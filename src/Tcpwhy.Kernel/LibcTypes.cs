namespace Tcpwhy.Kernel;

/// <summary>struct pollfd.</summary>
internal struct PollFd
{
    public int fd;
    public short events;
    public short revents;
}

/// <summary>struct timespec of a 64-bit system.</summary>
internal struct TimeSpec
{
    public long tv_sec;
    public long tv_nsec;
}

/// <summary>struct rlimit; RLIM_INFINITY is <see cref="ulong.MaxValue"/>.</summary>
internal struct RLimit
{
    public ulong rlim_cur;
    public ulong rlim_max;
}

/// <summary>struct rusage: two timevals, then fourteen longs, the first of them the peak memory in KiB.</summary>
internal struct ResourceUse
{
    public long ru_utime_sec;
    public long ru_utime_usec;
    public long ru_stime_sec;
    public long ru_stime_usec;
    public long ru_maxrss;
    private readonly Rest rest;

    [System.Runtime.CompilerServices.InlineArray(13)]
    private struct Rest
    {
        private long first;
    }
}

/// <summary>struct __user_cap_header_struct.</summary>
internal struct CapHeader
{
    public uint version;
    public int pid;
}

/// <summary>struct __user_cap_data_struct: 32 capabilities; version 3 takes two of them.</summary>
internal struct CapData
{
    public uint effective;
    public uint permitted;
    public uint inheritable;
}
