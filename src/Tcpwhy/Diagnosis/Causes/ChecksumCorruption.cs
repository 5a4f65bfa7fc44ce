using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Segments arrive with a wrong checksum and are thrown away: something on the way, or the sender's own card or driver, spoils them.</summary>
public sealed class ChecksumCorruption : Cause
{
    public override string Id => "checksum-corruption";

    public override Verdict? Judge(Case broken, World world)
    {
        Dropped? drop = broken.Drops.Find(dropped => dropped.Reason is "TCP_CSUM" or "SKB_CSUM");
        if (drop is null)
            return null;
        int drops = broken.Drops.Count(dropped => dropped.Reason == drop.Reason);
        ConnectionEnd? sender = broken.Ends.FirstOrDefault(end => end.Local == drop.Remote);
        bool client = drop.Remote == broken.ClientEndpoint;
        int repeats = Math.Max(sender?.Sample?.RetransmitsInARow ?? 0, sender?.Retransmission?.Attempt ?? 0);
        return new Verdict(this, broken)
            .For(0.9, true, "arrived with a wrong checksum", $"{drop.Reason}, {drops} times, in netns {drop.Netns}", "skb:kfree_skb")
            .For(0.4, repeats > 0, "same data sent again in a row", $"{repeats} times", "tcp:tcp_retransmit_skb")
            .For(0.3, sender is { Errno: not 0 }, "owner told", Kernel.Errno.Name(sender?.Errno ?? 0), "sock:inet_sk_error_report")
            .Weighs(Severity.Critical)
            .Blames(Fault.Path, toldByClient: client)
            .Tells("sender", client ? Phrases.Client(broken) : Phrases.Server(broken))
            .Tells("receiver", client ? Phrases.Server(broken) : Phrases.Client(broken))
            .Tells("drops", $"{drops}")
            .Remedy("network", "offload")
            .Remedy("network", "find-box")
            .Remedy("network", "driver");
    }
}
