using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>All TCP sockets of the host together hold as much memory as they may: the kernel cuts windows, drops what arrives, and resets what is closed.</summary>
public sealed class TcpMemoryPressure : Cause
{
    /// <summary>Counters are read once a second.</summary>
    private static readonly TimeSpan Before = TimeSpan.FromSeconds(2);

    public override string Id => "tcp-memory-pressure";

    public override Verdict? Judge(Case broken, World world)
    {
        List<Dropped> drops = broken.Drops.FindAll(dropped => dropped.Reason == "PROTO_MEM");
        ConnectionEnd? shed = broken.Ends.FirstOrDefault(end => end.Sent is { Reason: "TCP_ABORT_ON_MEMORY" });
        bool whole = broken.Reading is LimitRead { Setting: Limits.Memory } or CountersRead;
        DateTimeOffset since = broken.Start - Before;
        if (drops.Count == 0 && shed is null && !whole || !world.Limits.IsShortOfMemory(since))
            return null;
        LimitRead? memory = world.Limits.Fullest(0, Limits.Memory, since);
        // The kernel sheds orphans for their number as well, and gives the same reason.
        if (shed is not null && (memory is null || memory.Used < memory.Refuses || OrphanLimit.IsMet(world, since)))
            return null;
        long pressures = world.Limits.Pressures(since);
        bool client = shed is not null ? ReferenceEquals(shed, broken.Client) : drops.Count > 0 && drops[0].Local == broken.ClientEndpoint;
        string limits = memory is null ? "net.ipv4.tcp_mem" : $"{Phrases.Bytes(memory.Saves)}, {Phrases.Bytes(memory.Refuses)}";
        Verdict verdict = new Verdict(this, broken)
            .For(0.7, memory is not null, "pages of memory in TCP buffers of the host", memory is null ? "" : $"{Phrases.Bytes(memory.Used)}, saves from {Phrases.Bytes(memory.Saves)}, refuses from {Phrases.Bytes(memory.Refuses)}", Limits.Memory)
            .For(0.6, pressures > 0, "the kernel began to save TCP memory", $"{pressures} times", "TCPMemoryPressures")
            .For(0.7, drops.Count > 0, "segments dropped for want of memory", $"PROTO_MEM, {drops.Count} times", "skb:kfree_skb")
            .For(0.7, shed is not null, "reset sent", "TCP_ABORT_ON_MEMORY", "tcp:tcp_send_reset")
            .Against(0.2, memory is null, "how much memory TCP holds", "not seen", Limits.Memory)
            .Weighs(shed is { UndeliveredBytes: > 0 } || broken.Ends.Any(end => end.Errno != 0) ? Severity.Critical : Severity.Warning)
            .Blames(Fault.Host, toldByClient: client)
            .By(client ? null : world.Servant(broken))
            .Tells("used", memory is null ? "?" : Phrases.Bytes(memory.Used))
            .Tells("limits", limits)
            .Remedy("application", "find-hoarder");
        if (memory is not null)
            verdict.Remedy("sysctl", "tcp-mem", Limits.Memory, null, $"{2 * memory.Saves * 3 / 4} {2 * memory.Saves} {2 * memory.Refuses}");
        return verdict
            .Remedy("sysctl", "buffers", "net.ipv4.tcp_rmem", null, null)
            .SettleBy("sockstat", memory is null);
    }
}
