using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The sender's own buffer is too small for the path: what is in it is on its way, and its program has to wait, though network and receiver would take more.</summary>
public sealed class SndbufLimited : Cause
{
    /// <summary>The kernel itself would go so far (tcp_wmem as it comes).</summary>
    private const int UsualBytes = 4 << 20;

    /// <summary>Segments wait in a queue on the way: what it can carry is in use, and more in flight would only wait longer.</summary>
    private const double Queues = 1.2, Jitter = 1.1;

    /// <summary>Of what the buffer holds, so much at least is in flight all the time.</summary>
    private const double Used = 0.4;

    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(1);

    public override string Id => "sndbuf-limited";
    public override IReadOnlyList<string> YieldsTo => ["zero-window-slow-reader", "rcvbuf-limited", "packet-loss-slow", "local-queue-drop", "tcp-backlog-drop", "retransmission-timeout"];

    public override Verdict? Judge(Case broken, World world)
    {
        foreach (ConnectionEnd end in broken.Ends)
        {
            HeldUp[] looks = [.. end.Events.OfType<HeldUp>().Where(IsShort)];
            for (int n = looks.Length - 1; n > 0; n--)
            {
                if (looks[n].Time - looks[n - 1].Time >= Apart && Stretch.Of(looks[n - 1], looks[n]) is { IsFull: true } stretch)
                    return Told(broken, end, stretch, looks.Length, world);
            }
        }
        return null;
    }

    /// <summary>Whether a look found a program that waits for room to write, and room on the way.</summary>
    private static bool IsShort(HeldUp look) =>
        look is { Ended: false, Transfer: { SendBufferShort: true } transfer, Sample: { MinRttMicroseconds: >= TcpSample.LongWayMicroseconds } sample }
        && (transfer.SendBufferFixed || transfer.SendBufferLargest) && transfer.SendBufferBytes < UsualBytes
        && sample.RttMicroseconds <= Queues * sample.MinRttMicroseconds
        && Held(sample) < Room(sample);

    private Verdict Told(Case broken, ConnectionEnd sender, Stretch stretch, int looks, World world)
    {
        (TcpSample sample, Transfer transfer) = (stretch.Last.Sample!, stretch.Last.Transfer);
        bool client = ReferenceEquals(sender, broken.Client);
        double stretched = (double)sample.RttMicroseconds / sample.MinRttMicroseconds;
        string way = Phrases.Duration(TimeSpan.FromMicroseconds(sample.MinRttMicroseconds)), buffer = Phrases.Bytes(transfer.SendBufferBytes), rate = Phrases.Bytes((long)stretch.BytesPerSecond);
        Verdict verdict = new Verdict(this, broken)
            .For(0.5, true, "its program waited for room to write", $"at {looks} looks", "iter/task_file")
            .For(0.5, transfer.SendBufferFixed, "send buffer, fixed by SO_SNDBUF", $"{buffer} bytes", "tcp_sock")
            .For(0.5, !transfer.SendBufferFixed, "send buffer, as large as tcp_wmem allows", $"{buffer} bytes", "tcp_sock")
            .For(0.3, true, "held, where congestion window and receiver would take more", $"{Phrases.Bytes(Held(sample))} of {Phrases.Bytes(Room(sample))} bytes", "tcp_sock")
            .For(0.3, true, "round trip", $"{way}, so {rate} bytes/s", "tcp_sock")
            .For(0.3, stretch.Waited >= 0.2, "of its busy time the sender waited for its own buffer", $"{100 * stretch.Waited:0} %", "tcp_sock")
            .Against(0.35, stretched > Jitter, "round trip above its shortest, as when a queue builds", Phrases.Duration(TimeSpan.FromMicroseconds(sample.RttMicroseconds)), "tcp_sock")
            .Weighs(Severity.Warning)
            .Blames(client ? Fault.Client : Fault.Server, toldByClient: client)
            .Tells("sender", Phrases.End(broken, sender))
            .Tells("receiver", Phrases.OtherEnd(broken, sender))
            .Tells("buffer", buffer)
            .Tells("held", Phrases.Bytes(Math.Max(Held(stretch.First.Sample!), Held(sample))))
            .Tells("way", way)
            .Tells("rate", rate)
            .SettleBy("try", stretched > Jitter);
        verdict = transfer.SendBufferFixed
            ? verdict.Remedy("application", "no-sndbuf")
            : verdict.Remedy("sysctl", "wmem", "net.ipv4.tcp_wmem", world.Setting(sender.Netns, "net.ipv4.tcp_wmem"), "4096 16384 4194304");
        return verdict.Remedy("application", "large-writes");
    }

    private static long Held(TcpSample sample) => (long)sample.UnackedBytes + sample.UnsentBytes;

    private static long Room(TcpSample sample) => Math.Min((long)sample.CongestionWindowSegments * sample.MssBytes, sample.SendWindowBytes);

    /// <summary>What went on between two looks.</summary>
    /// <param name="BytesPerSecond">What was acknowledged.</param>
    /// <param name="Waited">Of the busy time, how much the kernel itself says that the buffer held it up.</param>
    private sealed record Stretch(HeldUp First, HeldUp Last, double BytesPerSecond, double Waited)
    {
        public static Stretch Of(HeldUp first, HeldUp last)
        {
            double busy = (last.Transfer.Busy - first.Transfer.Busy).TotalSeconds;
            return new Stretch(first, last,
                (last.Sample!.BytesAcked - first.Sample!.BytesAcked) / (last.Time - first.Time).TotalSeconds,
                busy > 0 ? (last.Transfer.LimitedBySendBuffer - first.Transfer.LimitedBySendBuffer).TotalSeconds / busy : 0);
        }

        /// <summary>Whether about all that the buffer holds was in flight all the time, so that nothing but the buffer set the rate: neither a slow program nor pacing.</summary>
        public bool IsFull
        {
            get
            {
                double held = (Held(First.Sample!) + Held(Last.Sample!)) / 2.0, unsent = (First.Sample!.UnsentBytes + Last.Sample!.UnsentBytes) / 2.0;
                return BytesPerSecond * Last.Sample!.MinRttMicroseconds / 1e6 >= Used * held && (unsent <= held / 10 || Waited >= 0.2);
            }
        }
    }
}
