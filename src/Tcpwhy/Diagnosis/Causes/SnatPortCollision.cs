using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A NAT found no free source port for a new connection to a destination, and dropped its SYN.</summary>
public sealed class SnatPortCollision : Cause
{
    /// <summary>A SYN that is repeated was sent, and dropped, so long before.</summary>
    private static readonly TimeSpan Repeat = TimeSpan.FromSeconds(1.5);

    public override string Id => "snat-port-collision";
    public override IReadOnlyList<string> YieldsTo => ["conntrack-table-full"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Client is not ({ State: TcpState.SynSent, Received: null } or { CameThrough: not null, Death: null }) || broken.QueueFull is not null)
            return null;
        // It is dropped on its way out, when it bears the source that NAT had chosen already.
        DateTimeOffset since = broken.Start - Repeat;
        Dropped? drop = world.SynDropped(broken.ServerEndpoint, since);
        long failed = drop is null ? 0 : world.Moved(drop.Netns, "conntrack_insert_failed", since);
        if (failed == 0)
            return null;
        return new Verdict(this, broken)
            .For(0.7, true, "SYN dropped by the packet filter", $"NETFILTER_DROP in netns {drop!.Netns}", "skb:kfree_skb")
            .For(0.9, true, "connections that NAT could not enter there", $"{failed}", "nf_conntrack insert_failed")
            .Weighs(broken.Client is { CameThrough: not null } ? Severity.Warning : Severity.Critical)
            .Blames(Fault.Path, toldByClient: true)
            .Tells("netns", $"{drop.Netns}")
            .Tells("failed", $"{failed}")
            .Remedy("network", "more-addresses")
            .Remedy("firewall", "random-fully")
            .Remedy("application", "reuse")
            .Remedy("network", "avoid-snat");
    }
}
