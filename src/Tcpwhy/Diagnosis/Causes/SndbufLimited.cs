using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The sender's own buffer is too small for the path: all it may hold is in flight, and the program waits to write more.</summary>
public sealed class SndbufLimited : Cause
{
    public override string Id => "sndbuf-limited";
    public override IReadOnlyList<string> YieldsTo => ["zero-window-slow-reader", "packet-loss-slow", "local-queue-drop"];

    public override Verdict? Judge(Case broken, World world)
    {
        ConnectionEnd? sender = broken.Ends.FirstOrDefault(end => end.HeldUp is { Ended: false, Transfer: { Busy.TotalSeconds: >= 1 } transfer } && transfer.LimitedBySendBuffer >= 0.4 * transfer.Busy);
        if (sender?.HeldUp is not { Sample: { } sample, Transfer: var sending })
            return null;
        // A buffer that the kernel tunes grows as soon as it is what limits.
        if (!sending.SendBufferFixed)
            return null;
        double share = sending.LimitedBySendBuffer / sending.Busy;
        bool client = ReferenceEquals(sender, broken.Client);
        return new Verdict(this, broken)
            .For(0.6, true, "of its busy time the sender waited for its own buffer", $"{100 * share:0} %", "tcp_sock")
            .For(0.6, true, "send buffer, fixed by SO_SNDBUF", $"{Phrases.Bytes(sending.SendBufferBytes)} bytes", "tcp_sock")
            .For(0.3, sample.SendWindowBytes > sample.UnackedBytes, "window of the peer", $"{Phrases.Bytes(sample.SendWindowBytes)} bytes, {Phrases.Bytes(sample.UnackedBytes)} of them used", "tcp_sock")
            .Weighs(Severity.Warning)
            .Blames(client ? Fault.Client : Fault.Server, toldByClient: client)
            .Tells("sender", Phrases.End(broken, sender))
            .Tells("receiver", Phrases.OtherEnd(broken, sender))
            .Tells("share", $"{100 * share:0} %")
            .Tells("buffer", Phrases.Bytes(sending.SendBufferBytes))
            .Remedy("application", "no-sndbuf")
            .Remedy("sysctl", "wmem", "net.ipv4.tcp_wmem", world.Setting(sender.Netns, "net.ipv4.tcp_wmem"), null);
    }
}
