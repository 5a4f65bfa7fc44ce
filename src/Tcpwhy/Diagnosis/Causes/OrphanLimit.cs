using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The kernel had more closed connections to finish, or less memory for TCP, than its limits allow, and reset one instead of finishing it.</summary>
public sealed class OrphanLimit : Cause
{
    /// <summary>Limits are read when one of them is met, and then no more for a moment.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(1);

    public override string Id => "orphan-limit";
    public override IReadOnlyList<string> YieldsTo => ["tcp-memory-pressure"];

    public override Verdict? Judge(Case broken, World world)
    {
        ConnectionEnd? shed = broken.Ends.FirstOrDefault(end => end.Sent is { Reason: "TCP_ABORT_ON_MEMORY" });
        if (shed is null)
            return null;
        DateTimeOffset since = broken.Start - Before;
        LimitRead? orphans = IsMet(world, since) ? world.Limits.Fullest(0, Limits.Orphans, since) : null;
        bool memory = orphans is null && world.Limits.IsShortOfMemory(since);
        int lost = shed.UndeliveredBytes;
        bool client = ReferenceEquals(shed, broken.Client);
        return new Verdict(this, broken)
            .For(0.95, true, "reset sent", "TCP_ABORT_ON_MEMORY", "tcp:tcp_send_reset")
            .For(0.3, shed.Sample is { Orphaned: true } || shed.State is TcpState.FinWait1 or TcpState.LastAck, "closed by its program, not acknowledged", $"in {Phrases.State(shed.State)}", "tcp_sock")
            .For(0.8, orphans is not null, "closed sockets that the kernel has to finish", orphans is null ? "" : $"{Phrases.Bytes(orphans.Used)}, {Phrases.Bytes(orphans.Refuses)} allowed", Limits.Orphans)
            .Against(0.5, memory, "the host's TCP was short of memory", "so that may be why", Limits.Memory)
            .Weighs(lost > 0 ? Severity.Critical : Severity.Warning)
            .Blames(Fault.Host, toldByClient: client)
            .Tells("closer", Phrases.End(broken, shed))
            .Tells("other", Phrases.OtherEnd(broken, shed))
            .Tells("lost", Phrases.Bytes(lost))
            .Remedy("sysctl", "max-orphans", "net.ipv4.tcp_max_orphans")
            .Remedy("sysctl", "tcp-mem", "net.ipv4.tcp_mem")
            .Remedy("load-balancer", "fin-timeouts")
            .SettleBy("sockstat", orphans is null);
    }

    /// <summary>Whether there were more orphans than are allowed: the kernel counts those that have shown no progress up to fourfold.</summary>
    internal static bool IsMet(World world, DateTimeOffset since) => world.Limits.Fullest(0, Limits.Orphans, since) is { } orphans && orphans.Used >= orphans.Refuses;
}
