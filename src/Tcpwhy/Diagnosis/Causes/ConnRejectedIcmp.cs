using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A firewall or router answers the SYN with an ICMP error.</summary>
public sealed class ConnRejectedIcmp : Cause
{
    private const int EHOSTUNREACH = 113;

    /// <summary>What ICMP errors become: EACCES, ENETUNREACH, ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH.</summary>
    private static readonly int[] Rejections = [13, 101, 111, 112, EHOSTUNREACH];

    /// <summary>Longer than any round trip, shorter than the first repetition of a SYN.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(900);

    /// <summary>Longer than a busy processor takes to hand an error over, shorter than the patience of any program.</summary>
    internal static readonly TimeSpan HandedOver = TimeSpan.FromMilliseconds(90);

    /// <summary>A router asks three times, a second apart, for a neighbour that does not answer.</summary>
    private static readonly TimeSpan NeighbourSearch = TimeSpan.FromSeconds(2.5);

    public override string Id => "conn-rejected-icmp";
    public override IReadOnlyList<string> YieldsTo => ["host-unreachable-neigh", "dns-dead-backend"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Client is not { State: TcpState.SynSent, Received: null, Sample.Age: { } waited } client || broken.QueueFull is not null)
            return null;
        Dropped? drop = broken.FilteredSyn;
        bool told = Array.IndexOf(Rejections, client.Errno) >= 0;
        // An error that comes while connect is still at work is only noted: the program reads it, and closes by itself.
        bool noted = client is { Errno: 0, Death.ByProcess: true, Retransmission: null } && drop is not null && waited < HandedOver;
        // Until the SYN is due again it may still stand in the socket when the program leaves.
        bool left = !told && client.Death is { ByProcess: true } && Array.IndexOf(Rejections, client.Sample.SoftError) >= 0;
        int error = told ? client.Errno : left ? client.Sample.SoftError : 0;
        if (error == 0 && !noted || error != 0 && broken.Drops.Exists(dropped => dropped.Reason.StartsWith("NEIGH_", StringComparison.Ordinal)))
            return null;
        bool neighbour = error == EHOSTUNREACH && drop is null && waited > NeighbourSearch;
        return new Verdict(this, broken)
            .For(0.8, told, "owner told", $"{Kernel.Errno.Name(client.Errno)} without a reset", "sock:inet_sk_error_report")
            .For(0.8, left, "error that came by ICMP and was not told yet", Kernel.Errno.Name(error), "tcp_sock")
            .For(0.6, drop is not null, "SYN dropped by the packet filter", $"NETFILTER_DROP in netns {drop?.Netns}", "skb:kfree_skb")
            .For(0.4, !left && waited < AtOnce, "answered at once", Phrases.Duration(waited), "sock:inet_sock_set_state")
            .For(0.3, noted && !left, "client gave up at once", "before it repeated its SYN", "sock:inet_sock_set_state")
            .Against(0.6, neighbour, "waited as long as a router looks for a neighbour", Phrases.Duration(waited), "sock:inet_sock_set_state")
            .Weighs(Severity.Critical)
            .Blames(Fault.Path, toldByClient: true)
            .Tells("error", error != 0 ? Kernel.Errno.Name(error) : "ICMP")
            .Tells("waited", Phrases.Duration(waited))
            .Remedy("firewall", "find-rule")
            .Remedy("network", "route")
            .Remedy("load-balancer", "healthy-backend")
            .SettleBy("capture-icmp", drop is null || noted);
    }
}
