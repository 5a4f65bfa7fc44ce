using Tcpwhy.Kernel.Proc;

namespace Tcpwhy.Tuning;

/// <summary>Failed attempts to connect or to stay connected, and all attempts, as a namespace's counters have them: cheap enough for a watch of minutes, without eBPF.</summary>
public readonly record struct FailureCount(long Failures, long Attempts)
{
    /// <summary>Reads the counters of a target.</summary>
    public static FailureCount Read(ProcFs proc, Target target) => Of(target.Run(() => NetCounters.Read(proc)));

    internal static FailureCount Of(IReadOnlyDictionary<string, long> counters)
    {
        long Of(string name) => counters.GetValueOrDefault(name);
        // ListenDrops has the overflows of accept queues in it; a dropped SYN is an attempt that PassiveOpens does not count.
        return new FailureCount(
            Of("TcpAttemptFails") + Of("TcpExtListenDrops") + Of("TcpExtTCPAbortOnTimeout") + Of("TcpExtTCPAbortOnMemory"),
            Of("TcpActiveOpens") + Of("TcpPassiveOpens") + Of("TcpExtListenDrops"));
    }

    /// <summary>What was added since an earlier reading.</summary>
    public FailureCount Since(FailureCount earlier) => new(Failures - earlier.Failures, Attempts - earlier.Attempts);
}
