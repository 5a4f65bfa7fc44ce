using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Full segments are too big for a link on the way, and the ICMP error that would say so does not come back: small ones pass, large ones vanish.</summary>
public sealed class PmtuBlackhole : Cause
{
    public override string Id => "pmtu-blackhole";

    public override Verdict? Judge(Case broken, World world)
    {
        Dropped? drop = broken.Drops.Find(dropped => dropped.Reason == "PKT_TOO_BIG");
        ConnectionEnd? sender = broken.Ends.FirstOrDefault(end => end.UndeliveredBytes > 0 && end is { Received: null, Retransmission: not null });
        if (drop is null || sender?.Sample is not { } sample)
            return null;
        int repeats = Math.Max(sample.RetransmitsInARow, sender.Retransmission!.Attempt);
        int drops = broken.Drops.Count(dropped => dropped.Reason == drop.Reason);
        bool client = ReferenceEquals(sender, broken.Client);
        return new Verdict(this, broken)
            .For(0.9, true, "too big for a link on the way", $"PKT_TOO_BIG, {drops} times, in netns {drop.Netns}", "skb:kfree_skb")
            .For(0.6, true, "same data sent again in a row", $"{repeats} times", "tcp:tcp_retransmit_skb")
            .For(0.4, sample.MssBytes > 0 && sender.UndeliveredBytes >= sample.MssBytes, "not acknowledged", $"{Phrases.Bytes(sender.UndeliveredBytes)} bytes, in segments of {sample.MssBytes}", "tcp_sock")
            .For(0.3, sample.BytesAcked > 1, "smaller segments passed", $"{Phrases.Bytes(sample.BytesAcked)} bytes acknowledged before", "tcp_sock")
            .Weighs(Severity.Critical)
            .Blames(Fault.Path, toldByClient: client)
            .Tells("sender", Phrases.End(broken, sender))
            .Tells("mtu", sample.PathMtuBytes > 0 ? $"{sample.PathMtuBytes}" : "?")
            .Tells("netns", $"{drop.Netns}")
            .Remedy("firewall", "allow-icmp")
            .Remedy("network", "clamp-mss")
            .Remedy("sysctl", "mtu-probing", "net.ipv4.tcp_mtu_probing", null, "1");
    }
}
