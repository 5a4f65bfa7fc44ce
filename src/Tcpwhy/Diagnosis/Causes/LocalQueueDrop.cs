using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>This host itself throws segments away for want of room: in the queue of an interface, in a driver's ring, or in the backlog of a processor.</summary>
public sealed class LocalQueueDrop : Cause
{
    private static readonly string[] Queues = ["QDISC_DROP", "QDISC_OVERLIMIT", "QDISC_CONGESTED", "CPU_BACKLOG", "FULL_RING", "NOMEM", "PFMEMALLOC"];

    public override string Id => "local-queue-drop";

    public override Verdict? Judge(Case broken, World world)
    {
        Dropped? drop = broken.Drops.Find(dropped => Array.IndexOf(Queues, dropped.Reason) >= 0);
        if (drop is null || Loss.Of(broken) is not { } loss)
            return null;
        int drops = broken.Drops.Count(dropped => dropped.Reason == drop.Reason);
        bool own = drop.Netns == loss.Sender.Netns;
        bool client = ReferenceEquals(loss.Sender, broken.Client);
        bool inbound = drop.Reason is "CPU_BACKLOG" or "PFMEMALLOC";
        return loss.Weigh(new Verdict(this, broken)
                .For(0.85, true, "dropped in a queue of this host", $"{drop.Reason}, {drops} times, in netns {drop.Netns}", "skb:kfree_skb"))
            .For(0.3, own && !inbound, "in the queue of the sender's own interface", $"netns {drop.Netns}", "skb:kfree_skb")
            .Weighs(Severity.Warning)
            .Blames(Fault.Host, toldByClient: client)
            .Tells("sender", Phrases.End(broken, loss.Sender))
            .Tells("queue", inbound ? "/proc/net/softnet_stat" : "qdisc")
            .Tells("reason", drop.Reason)
            .Tells("netns", $"{drop.Netns}")
            .Tells("share", loss.Percent)
            .Remedy("network", "queue")
            .Remedy("sysctl", "backlog", "net.core.netdev_max_backlog")
            .Remedy("network", "pace");
    }
}
