using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A program does not read what has arrived: its receive buffer is full, its window closed, and the other end has to wait.</summary>
public sealed class ZeroWindowSlowReader : Cause
{
    /// <summary>A pause of a reader that works is shorter.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    public override string Id => "zero-window-slow-reader";
    public override IReadOnlyList<string> YieldsTo => ["tcp-memory-pressure"];

    public override Verdict? Judge(Case broken, World world)
    {
        HeldUp? writes = Longest(broken, IsWriter), reads = Longest(broken, IsReader);
        if ((writes ?? reads)?.Sample is not { } sample)
            return null;
        TimeSpan waited = Waited(writes) is var sent && sent > Waited(reads) ? sent : Waited(reads);
        ConnectionEnd? reader = broken.Ends.FirstOrDefault(end => end.Events.Any(step => ReferenceEquals(step, reads)))
            ?? broken.Other(broken.Ends.First(end => end.Events.Any(step => ReferenceEquals(step, writes))));
        bool byClient = reader is not null ? ReferenceEquals(reader, broken.Client) : broken.Client is null;
        ConnectionEnd known = reader ?? broken.Ends.First();
        return new Verdict(this, broken)
            .For(0.75, writes is not null, "the window of the peer is closed, for", Phrases.Duration(Waited(writes)), "tcp_sock")
            .For(0.4, writes is not null, "waits to be sent", $"{Phrases.Bytes(sample.UnsentBytes)} bytes", "tcp_sock")
            .For(0.7, reads is not null, "received and not read", $"{Phrases.Bytes(reads?.Sample?.UnreadBytes ?? 0)} bytes, the last came {Phrases.Duration(Waited(reads))} before", "tcp_sock")
            .For(0.2, reads is not null, "window that the reader offers", $"{reads?.Transfer.OfferedWindowBytes} bytes of a buffer of {Phrases.Bytes(reads?.Transfer.ReceiveBufferBytes ?? 0)}", "tcp_sock")
            .For(0.2, writes is not null && sample.RetransmitsInARow == 0, "nothing is lost, probes are answered", "yes", "tcp_sock")
            .Weighs(broken.Ends.Any(end => end.Sent is not null || end.Received is not null) ? Severity.Critical : Severity.Warning)
            .Blames(byClient ? Fault.Client : Fault.Server, toldByClient: byClient)
            .Tells("reader", reader is not null ? Phrases.End(broken, reader) : Phrases.OtherEnd(broken, known))
            .Tells("writer", reader is not null ? Phrases.OtherEnd(broken, reader) : Phrases.End(broken, known))
            .Tells("waited", Phrases.Duration(waited))
            .Remedy("application", "read")
            .Remedy("application", "write-timeout")
            .Remedy("load-balancer", "buffer")
            .SettleBy("other-end", reads is null);
    }

    private static bool IsWriter(HeldUp look) =>
        look is { Transfer.ProbesWindow: true, Sample: { } sample } && sample.UnsentBytes + sample.UnackedBytes > 0 && Waited(look) >= Pause;

    private static bool IsReader(HeldUp look) =>
        look.Sample is { UnreadBytes: > 0, LastDataReceived: { } received } sample && received >= Pause && look.Transfer.OfferedWindowBytes < Math.Max(sample.MssBytes, 1);

    private static TimeSpan Waited(HeldUp? look) =>
        look?.Sample is not { } sample ? TimeSpan.Zero
        : !look.Transfer.ProbesWindow ? sample.LastDataReceived ?? default
        // Of a window that shrank, what is in flight is sent again as the probe: its timer has doubled ever since.
        : sample.UnackedBytes > 0 ? TimeSpan.FromMicroseconds(sample.RetransmitTimeoutMicroseconds)
        : sample.LastDataSent ?? default;

    private static HeldUp? Longest(Case broken, Predicate<HeldUp> holds) =>
        broken.Ends.SelectMany(end => end.Events).OfType<HeldUp>().Where(look => holds(look)).MaxBy(Waited);
}
