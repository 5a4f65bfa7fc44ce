using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A thread holds a socket locked for so long that what arrives meanwhile finds no room: it was stopped, or waits for memory, in the middle of a read or write.</summary>
public sealed class TcpBacklogDrop : Cause
{
    /// <summary>Fewer heal with a single repetition, and nobody notices.</summary>
    private const int Least = 5;

    /// <summary>A lock that is held for less is a busy processor's.</summary>
    private static readonly TimeSpan Noticeable = TimeSpan.FromMilliseconds(20);

    public override string Id => "tcp-backlog-drop";

    public override Verdict? Judge(Case broken, World world)
    {
        // The socket is that to which they were addressed.
        List<Dropped> drops = broken.Drops.FindAll(dropped => dropped.Reason == "SOCKET_BACKLOG");
        if (drops is not [var first, .., var last] || drops.Count < Least)
            return null;
        TimeSpan lasted = last.Time - first.Time;
        if (lasted < Noticeable)
            return null;
        bool client = first.Local == broken.ClientEndpoint;
        ConnectionEnd? sender = client ? broken.Server : broken.Client;
        TcpSample? sending = sender?.Sample;
        return new Verdict(this, broken)
            .For(0.85, true, "dropped since the socket was locked", $"SOCKET_BACKLOG, {Phrases.Bytes(drops.Count)} times", "skb:kfree_skb")
            .For(0.4, true, "from the first of them to the last", Phrases.Duration(lasted), "skb:kfree_skb")
            .For(0.2, sending is { RetransmitsTotal: > 0 }, "the sender repeated", $"{sending?.RetransmitsTotal} segments", "tcp_sock")
            .Weighs(broken.Ends.Any(end => end.Errno != 0) ? Severity.Critical : Severity.Warning)
            .Blames(client ? Fault.Client : Fault.Server, toldByClient: client)
            .Tells("holder", client ? Phrases.Client(broken) : Phrases.Server(broken))
            .Tells("sender", client ? Phrases.Server(broken) : Phrases.Client(broken))
            .Tells("drops", Phrases.Bytes(drops.Count))
            .Tells("lasted", Phrases.Duration(lasted))
            .Remedy("application", "memory")
            .Remedy("application", "processor")
            .Remedy("application", "buffer")
            .Remedy("application", "batch")
            .SettleBy("stack");
    }
}
