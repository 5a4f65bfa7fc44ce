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

    /// <summary>For so long the errors for other SYNs stand for one that got none.</summary>
    private static readonly TimeSpan Rationed = TimeSpan.FromSeconds(10);

    /// <summary>A router asks three times, a second apart, for a neighbour that does not answer.</summary>
    private static readonly TimeSpan NeighbourSearch = TimeSpan.FromSeconds(2.5);

    public override string Id => "conn-rejected-icmp";
    public override IReadOnlyList<string> YieldsTo => ["host-unreachable-neigh", "dns-dead-backend"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Client is not { State: TcpState.SynSent, Received: null, Sample.Age: { } waited } client || broken.QueueFull is not null || broken.Drops.Exists(World.IsOfNeighbour))
            return null;
        Dropped? drop = broken.FilteredSyn, unrouted = broken.Drops.Find(dropped => dropped is { Reason: "IP_INNOROUTES", Flags: TcpFlags.Syn });
        // Errors are rationed, one a second: of attempts that come sooner the SYN is dropped without a word.
        SynRejected? rejected = broken.Rejected, another = rejected is null && drop is null ? world.Rejected(broken.ServerEndpoint, broken.Start - Rationed) : null;
        bool told = Array.IndexOf(Rejections, client.Errno) >= 0;
        // An error that comes while connect is still at work is only noted: the program reads it, and closes by itself.
        bool noted = client is { Errno: 0, Death.ByProcess: true, Retransmission: null } && waited < HandedOver && (drop ?? unrouted ?? (SocketEvent?)rejected) is not null;
        // Until the SYN is due again it may still stand in the socket when the program leaves.
        bool left = !told && client.Death is { ByProcess: true } && Array.IndexOf(Rejections, client.Sample.SoftError) >= 0;
        int error = told ? client.Errno : left ? client.Sample.SoftError : 0;
        if (error == 0 && !noted && (rejected ?? another ?? (SocketEvent?)unrouted) is null)
            return null;
        bool neighbour = error == EHOSTUNREACH && drop is null && rejected is null && waited > NeighbourSearch;
        return new Verdict(this, broken)
            .For(0.9, rejected is not null, "SYN answered with an ICMP error", rejected is null ? "" : $"{Phrases.Unreachable(rejected.Code)}, sent in netns {rejected.Netns}", "icmp:icmp_send")
            .For(0.7, another is not null, "so was another SYN for it", another is null ? "" : $"{Phrases.Unreachable(another.Code)}, sent in netns {another.Netns}", "icmp:icmp_send")
            .For(0.8, told, "owner told", $"{Kernel.Errno.Name(client.Errno)} without a reset", "sock:inet_sk_error_report")
            .For(0.8, left, "error that came by ICMP and was not told yet", Kernel.Errno.Name(error), "tcp_sock")
            .For(0.6, drop is not null, "SYN dropped by the packet filter", $"NETFILTER_DROP in netns {drop?.Netns}", "skb:kfree_skb")
            .For(0.7, unrouted is not null, "a router has no route for the SYN", $"IP_INNOROUTES in netns {unrouted?.Netns}", "skb:kfree_skb")
            .For(0.4, (told || noted) && !left && waited < AtOnce, "answered at once", Phrases.Duration(waited), "sock:inet_sock_set_state")
            .For(0.3, noted && !left, "client gave up at once", "before it repeated its SYN", "sock:inet_sock_set_state")
            .Against(0.6, neighbour, "waited as long as a router looks for a neighbour", Phrases.Duration(waited), "sock:inet_sock_set_state")
            .Weighs(Severity.Critical)
            .Blames(Fault.Path, toldByClient: true)
            .Tells("error", (rejected ?? another) is { } icmp ? Phrases.Unreachable(icmp.Code) : error != 0 ? Kernel.Errno.Name(error) : "ICMP")
            .Tells("waited", Phrases.Duration(waited))
            .Remedy("firewall", "find-rule")
            .Remedy("network", "route")
            .Remedy("load-balancer", "healthy-backend")
            .SettleBy("capture-icmp", rejected is null && (drop is null || noted));
    }
}
