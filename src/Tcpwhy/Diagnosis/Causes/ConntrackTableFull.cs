using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Connection tracking knows as many connections as it may: what belongs to none of them is dropped, whatever the rules say.</summary>
public sealed class ConntrackTableFull : Cause
{
    public override string Id => "conntrack-table-full";

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Drops.Find(dropped => dropped.Reason == "NETFILTER_DROP" && world.Limits.FullTable(dropped) is not null) is not { } drop)
            return null;
        LimitRead table = world.Limits.FullTable(drop)!;
        // The kernel counts a clash of translated addresses as both.
        long turnedAway = world.Moved(drop.Netns, "conntrack_drop", broken.Start) - world.Moved(drop.Netns, "conntrack_insert_failed", broken.Start);
        if (turnedAway <= 0)
            return null;
        long early = world.Moved(drop.Netns, "conntrack_early_drop", broken.Start);
        // Of one segment nobody can tell whether a rule or the table dropped it: the kernel gives both the same reason.
        int filtered = world.Limits.Filtered(drop.Netns, broken.Start);
        double byRule = filtered > turnedAway ? 1 - (double)turnedAway / filtered : 0;
        ConnectionEnd? client = broken.Client;
        bool through = client is null or { CameThrough: not null, Death: null };
        TimeSpan waited = client?.CameThrough?.Sample?.Age ?? client?.Sample?.Age ?? broken.Last - broken.Start;
        return new Verdict(this, broken)
            .For(0.8, true, "entries in connection tracking", $"{Phrases.Bytes(table.Used)}, {Phrases.Bytes(table.Refuses)} allowed", Limits.Conntrack)
            .For(0.8, true, "packets that connection tracking dropped since, for want of room", Phrases.Bytes(turnedAway), "nf_conntrack drop")
            .For(0.6, true, "segment dropped by the packet filter", $"{Phrases.Flags(drop.Flags)} in netns {drop.Netns}", "skb:kfree_skb")
            .For(0.3, early > 0, "entries given up early for new ones", Phrases.Bytes(early), "nf_conntrack early_drop")
            .Against(0.8 * byRule, byRule >= 0.1, "dropped by the packet filter there in all, so some by a rule", $"{filtered}", "skb:kfree_skb")
            .Weighs(through ? Severity.Warning : Severity.Critical)
            .Blames(Fault.Host, toldByClient: true)
            .Tells("netns", $"{drop.Netns}")
            .Tells("used", Phrases.Bytes(table.Used))
            .Tells("limit", Phrases.Bytes(table.Refuses))
            .Tells("waited", Phrases.Duration(waited))
            .Remedy("sysctl", "max", Limits.Conntrack, $"{table.Refuses}", $"{2 * table.Refuses}")
            .Remedy("sysctl", "timeouts", "net.netfilter.nf_conntrack_tcp_timeout_time_wait", null, "30")
            .Remedy("firewall", "notrack")
            .Remedy("application", "pool")
            .SettleBy("log", byRule >= 0.1);
    }
}
