using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Tuning;

/// <summary>The kernel's own idea of now: which boot it is, and how long it has run.</summary>
public sealed class Boot(ProcFs proc, TimeProvider time)
{
    /// <summary>Changes with every boot; empty when /proc is absent.</summary>
    public string Id => proc.ReadText("sys/kernel/random/boot_id")?.Trim() ?? "";

    public DateTimeOffset Now
    {
        get
        {
            DateTimeOffset now = time.GetUtcNow();
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
        }
    }

    /// <summary>Nanoseconds on CLOCK_MONOTONIC, which all processes share and nobody can set.</summary>
    public long Nanoseconds => (long)(time.GetTimestamp() * (1e9 / time.TimestampFrequency));

    /// <summary>The process's start in clock ticks after boot; null when it is gone.</summary>
    public long? StartOf(int pid) => ProcessEntry.Read(proc, pid)?.StartTicks;

    /// <summary>Whether that very process runs; a zombie does not.</summary>
    public bool Runs(int pid, long start)
    {
        if (pid == 0 || proc.ReadText($"{pid}/stat") is not { } stat || ProcessEntry.Read(proc, pid)?.StartTicks != start)
            return false;
        int name = stat.LastIndexOf(')');
        return name < 0 || name + 2 >= stat.Length || stat[name + 2] is not ('Z' or 'X');
    }
}
