using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The two directions of a connection take different ways, and a stateful firewall on one of them, which sees half a handshake, drops the rest as invalid.</summary>
public sealed class AsymmetricRouting : Cause
{
    /// <summary>What a SYN leads to is dropped so soon after it, on any way.</summary>
    private static readonly TimeSpan RoundTrip = TimeSpan.FromSeconds(2);

    public override string Id => "asymmetric-routing";

    /// <summary>The first segment that a firewall dropped which had seen one direction alone, or null.</summary>
    internal static Dropped? Met(Case broken, World world)
    {
        foreach (Dropped dropped in broken.Drops)
        {
            if (dropped.Reason != "NETFILTER_DROP" || dropped.Flags.HasFlag(TcpFlags.Rst))
                continue;
            // From the client it has seen the SYN, and not the answer: what follows belongs to nothing. A reset of its own would count as an answer.
            if (!dropped.Flags.HasFlag(TcpFlags.Syn) && dropped.Remote == broken.ClientEndpoint && HalfHandshake(broken, dropped) is { } half && (half.OneWay || Invalid(broken, dropped, world) > 0))
                return dropped;
            // An answer to a SYN that went another way. Where nothing is tracked, nothing is held for invalid.
            if (IsAnswer(dropped) && broken.Tracked.Exists(looked => looked.Netns == dropped.Netns && !looked.Known) && Invalid(broken, dropped, world) > 0)
                return dropped;
        }
        return null;
    }

    public override Verdict? Judge(Case broken, World world)
    {
        if (Met(broken, world) is not { } drop)
            return null;
        bool answer = IsAnswer(drop);
        int drops = broken.Drops.Count(dropped => dropped.Reason == drop.Reason && dropped.Netns == drop.Netns);
        long invalid = Invalid(broken, drop, world);
        bool established = broken.Client is { State: not TcpState.SynSent } || broken.LivingClient is not null;
        int errno = broken.Client?.Errno ?? 0;
        return new Verdict(this, broken)
            .For(0.6, true, "segment dropped by the packet filter", $"{Phrases.Flags(drop.Flags)} in netns {drop.Netns}, {drops} times in all", "skb:kfree_skb")
            .For(0.85, !answer, "connection tracking there has seen half of the handshake", HalfHandshake(broken, drop) is { OneWay: true } ? "UNREPLIED" : "not ASSURED", "ctnetlink")
            .For(0.6, answer, "no entry in connection tracking", $"netns {drop.Netns}", "ctnetlink")
            .For(answer ? 0.5 : 0.3, invalid > 0, "segments that connection tracking held for invalid", $"{invalid}", "nf_conntrack invalid")
            .For(0.4, !answer && established, "the SYN-ACK came to the client by another way", "ESTABLISHED", "tcp_sock")
            .For(0.3, broken.SynAck is not null, "SYN-ACK repeated", answer ? "it does not arrive" : "the final ACK did not arrive", "tcp:tcp_retransmit_synack")
            .For(0.2, errno != 0, "owner told", Kernel.Errno.Name(errno), "sock:inet_sk_error_report")
            .Weighs(Severity.Critical)
            .Blames(Fault.Path, toldByClient: true)
            .Tells("netns", $"{drop.Netns}")
            .Tells("sender", $"{drop.Remote.Address}")
            .Tells("receiver", $"{drop.Local.Address}")
            .Remedy("network", "symmetric-route")
            .Remedy("firewall", "share-state")
            .Remedy("firewall", "stateless")
            .SettleBy("watch-syn", answer);
    }

    private static ConntrackLooked? HalfHandshake(Case broken, Dropped dropped) => broken.Tracked.Find(looked => looked.Netns == dropped.Netns && looked.HalfOpen);

    private static bool IsAnswer(Dropped dropped) => dropped.Flags.HasFlag(TcpFlags.Syn | TcpFlags.Ack);

    private static long Invalid(Case broken, Dropped dropped, World world) =>
        world.Moved(dropped.Netns, "conntrack_invalid", (broken.Start < dropped.Time ? broken.Start : dropped.Time) - RoundTrip);
}
