using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Nobody on the link answers for the address: the host is gone, or it was never there.</summary>
public sealed class HostUnreachableNeigh : Cause
{
    private const int EHOSTUNREACH = 113;

    /// <summary>Three requests, a second apart, and the answer that never comes.</summary>
    private static readonly TimeSpan NeighbourSearch = TimeSpan.FromSeconds(2.5);

    public override string Id => "host-unreachable-neigh";
    public override IReadOnlyList<string> YieldsTo => ["dns-dead-backend"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Client is not { State: TcpState.SynSent, Received: null, Sample: { } sample } client)
            return null;
        Dropped? drop = broken.Drops.Find(dropped => dropped.Reason is "NEIGH_FAILED" or "NEIGH_CREATEFAIL" or "NEIGH_DEAD" or "NEIGH_QUEUEFULL");
        TimeSpan waited = sample.Age ?? broken.Last - broken.Start;
        // A router on the way looks for three seconds too, and then says so.
        bool byRouter = drop is null && client.Errno == EHOSTUNREACH && broken.Drops.Count == 0 && waited > NeighbourSearch && waited < NeighbourSearch * 2;
        if (drop is null && !byRouter)
            return null;
        return new Verdict(this, broken)
            .For(0.95, drop is not null, "no neighbour answered", $"{drop?.Reason} in netns {drop?.Netns}", "skb:kfree_skb")
            .For(0.4, client.Errno == EHOSTUNREACH, "owner told", "EHOSTUNREACH", "sock:inet_sk_error_report")
            .For(0.4, waited > NeighbourSearch && waited < NeighbourSearch * 2, "waited as long as a neighbour is looked for", Phrases.Duration(waited), "sock:inet_sock_set_state")
            .Weighs(Severity.Critical)
            .Blames(Fault.Host, toldByClient: true)
            .Tells("waited", Phrases.Duration(waited))
            .Remedy("network", "revive-host")
            .Remedy("load-balancer", "remove-backend")
            .Remedy("network", "stale-address")
            .SettleBy("router-neighbours", drop is null);
    }
}
