using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The receiver's buffer is too small for the path: the sender waits for its window most of the time, though the reader keeps up and nothing is lost.</summary>
public sealed class RcvbufLimited : Cause
{
    /// <summary>A receiver that tunes its buffer by itself soon offers more.</summary>
    private const int SmallWindow = 64 * 1024;

    /// <summary>Of the time that the sender is busy, what is more than the rest of it.</summary>
    private const double Most = 0.5;

    public override string Id => "rcvbuf-limited";
    public override IReadOnlyList<string> YieldsTo => ["zero-window-slow-reader", "packet-loss-slow", "local-queue-drop", "tcp-memory-pressure", "tcp-backlog-drop"];

    public override Verdict? Judge(Case broken, World world)
    {
        ConnectionEnd? sender = broken.Ends.FirstOrDefault(end => end.HeldUp is { Ended: false, Transfer: { Busy.TotalSeconds: >= 1 } transfer } && transfer.LimitedByWindow >= Most * transfer.Busy);
        if (sender?.HeldUp is not { Sample: { } sample, Transfer: var sending })
            return null;
        ConnectionEnd? receiver = broken.Other(sender);
        Transfer? receiving = receiver?.HeldUp?.Transfer;
        bool fixedSize = receiving is { ReceiveBufferFixed: true };
        bool small = sending.WidestWindowBytes is > 0 and < SmallWindow;
        bool far = sample.MinRttMicroseconds >= TcpSample.LongWayMicroseconds && sample.SendWindowBytes * 2 >= sending.WidestWindowBytes;
        if (!fixedSize && !small && !far)
            return null;
        double share = sending.LimitedByWindow / sending.Busy;
        long rate = sample.RttMicroseconds > 0 ? (long)sending.WidestWindowBytes * 1_000_000 / sample.RttMicroseconds : 0;
        bool client = ReferenceEquals(sender, broken.Client);
        // Told from the receiver's end: its buffer is what has to change.
        return new Verdict(this, broken)
            .For(0.55, true, "of its busy time the sender waited for the window", $"{100 * share:0} %", "tcp_sock")
            .For(0.6, fixedSize, "buffer of the receiver, fixed by SO_RCVBUF", $"{Phrases.Bytes(receiving?.ReceiveBufferBytes ?? 0)} bytes", "tcp_sock")
            .For(0.4, small, "widest window ever offered", $"{Phrases.Bytes(sending.WidestWindowBytes)} bytes", "tcp_sock")
            .For(0.4, far, "round trip", $"{Phrases.Duration(TimeSpan.FromMicroseconds(sample.MinRttMicroseconds))}, so at most {Phrases.Bytes(rate)} bytes/s", "tcp_sock")
            .Weighs(Severity.Warning)
            .Blames(client ? Fault.Server : Fault.Client, toldByClient: !client)
            .Tells("sender", Phrases.End(broken, sender))
            .Tells("receiver", Phrases.OtherEnd(broken, sender))
            .Tells("share", $"{100 * share:0} %")
            .Tells("window", Phrases.Bytes(sending.WidestWindowBytes))
            .Remedy("application", "no-rcvbuf")
            .Remedy("sysctl", "rmem", "net.ipv4.tcp_rmem", world.Setting(receiver?.Netns ?? 0, "net.ipv4.tcp_rmem"), null)
            .SettleBy("other-end", receiving is null);
    }
}
