using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Segments carry TCP timestamps older than those before, so the receiver takes them for stragglers and drops them (PAWS).</summary>
public sealed class PawsReject : Cause
{
    public override string Id => "paws-reject";

    public override Verdict? Judge(Case broken, World world)
    {
        Dropped? drop = broken.Drops.Find(dropped => dropped.Reason is "TCP_RFC7323_PAWS" or "TCP_RFC7323_PAWS_ACK" or "TCP_RFC7323_TW_PAWS" or "TCP_RFC7323_TSECR");
        if (drop is null)
            return null;
        int drops = broken.Drops.Count(dropped => dropped.Reason == drop.Reason);
        ConnectionEnd? sender = broken.Ends.FirstOrDefault(end => end.Local == drop.Remote);
        if (drops < 2 && sender is not { Errno: not 0 })
            return null; // a straggler, as PAWS is there for
        bool client = drop.Remote == broken.ClientEndpoint;
        int repeats = Math.Max(sender?.Sample?.RetransmitsInARow ?? 0, sender?.Retransmission?.Attempt ?? 0);
        return new Verdict(this, broken)
            .For(0.9, true, "dropped for an old timestamp", $"{drop.Reason}, {drops} times, in netns {drop.Netns}", "skb:kfree_skb")
            .For(0.4, repeats > 0, "same data sent again in a row", $"{repeats} times", "tcp:tcp_retransmit_skb")
            .For(0.3, sender is { Errno: not 0 }, "owner told", Kernel.Errno.Name(sender?.Errno ?? 0), "sock:inet_sk_error_report")
            .Weighs(Severity.Critical)
            .Blames(Fault.Path, toldByClient: client)
            .Tells("sender", client ? Phrases.Client(broken) : Phrases.Server(broken))
            .Tells("receiver", client ? Phrases.Server(broken) : Phrases.Client(broken))
            .Tells("drops", $"{drops}")
            .Remedy("network", "stop-rewriting")
            .Remedy("network", "nat-port-reuse")
            .Remedy("sysctl", "timestamps");
    }
}
