using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>What happened to one connection, step by step, told from both ends.</summary>
internal static class Timelines
{
    /// <summary>Of more drops that read alike, the first and the last tell as much.</summary>
    private const int MostAlike = 8;

    public static Example Of(Case broken)
    {
        List<(DateTimeOffset Time, string End, string What)> steps = [];
        foreach (ConnectionEnd end in broken.Ends)
        {
            string name = ReferenceEquals(end, broken.Client) ? "client" : "server";
            if (end.Events.Count > 0 && end.Events[0] is { Sample: { } sample } first)
            {
                AddBefore(steps, first.Time, name, sample.Age, name == "client" ? "connect" : "accepted");
                AddBefore(steps, first.Time, name, Coarse(sample.LastDataReceived), "last data received (to some ms)");
                AddBefore(steps, first.Time, name, Coarse(sample.LastDataSent), "last data sent (to some ms)");
                AddBefore(steps, first.Time, name, sample.SinceFinReceived, "FIN received");
                AddBefore(steps, first.Time, name, sample.SinceFinSent, "FIN sent");
            }
            foreach (SocketEvent step in end.Events)
            {
                if (step is not ResetReceived || end.Received is not null)
                    steps.Add((Happened(step, broken.Other(end)), name, Describe(step)));
            }
        }
        foreach (IGrouping<string, Dropped> alike in broken.Drops.GroupBy(dropped => $"{Phrases.Flags(dropped.Flags)} segment from {dropped.Remote} dropped: {dropped.Reason}"))
        {
            Dropped[] drops = [.. alike];
            bool many = drops.Length > MostAlike;
            foreach (Dropped dropped in many ? [drops[0]] : drops)
                steps.Add((dropped.Time, "path", alike.Key));
            if (many)
                steps.Add((drops[^1].Time, "path", $"{alike.Key}, the last of {drops.Length}"));
        }
        foreach (SocketEvent? step in new SocketEvent?[] { broken.ServerRefusal, broken.QueueFull, broken.HalfOpenFull, broken.SynAck, broken.Starved })
        {
            if (step is not null)
                steps.Add((step.Time, "server", Describe(step)));
        }
        if (broken.Rejected is { } rejected)
            steps.Add((rejected.Time, "path", Describe(rejected)));
        if (broken.ClientRefusal is { } refusal)
            steps.Add((refusal.Time, "client", Describe(refusal)));
        if (broken.Call is { } call)
            steps.Add((call.Time, "client", Describe(call)));
        DateTimeOffset death = broken.Last;
        return new Example(broken.ClientEndpoint, broken.ServerEndpoint, death,
            [.. steps.OrderBy(step => step.Time).Select(step => new TimelineEntry(step.Time - death, step.End, step.What))]);
    }

    private static void AddBefore(List<(DateTimeOffset, string, string)> steps, DateTimeOffset time, string end, TimeSpan? ago, string what)
    {
        if (ago is { } before)
            steps.Add((time - before, end, what));
    }

    /// <summary>The kernel tells of a reset when it has left, so the other end may have told first; it was sent no later than it arrived.</summary>
    private static DateTimeOffset Happened(SocketEvent step, ConnectionEnd? other) =>
        step is ResetSent && other?.Received is { } received && received.Time < step.Time && step.Time - received.Time < TimeSpan.FromMilliseconds(1) ? received.Time.AddTicks(-TimeSpan.TicksPerMicrosecond) : step.Time;

    /// <summary>Times that the kernel keeps in jiffies, of up to 10 ms.</summary>
    private static TimeSpan? Coarse(TimeSpan? time) => time is { } exact ? TimeSpan.FromMilliseconds(Math.Round(exact.TotalMilliseconds)) : null;

    private static string Describe(SocketEvent step) => step switch
    {
        StateChanged change => $"{Phrases.State(change.From)} to {Phrases.State(change.To)}",
        ResetSent { Answers: TcpFlags.None } sent => $"reset sent: {sent.Reason}",
        ResetSent sent => $"reset sent in answer to {Phrases.Flags(sent.Answers)}: {sent.Reason}",
        ResetReceived received => received.Segment is { } segment ? $"reset received, TTL {segment.Ttl}, window {segment.Window}" : "reset received",
        SocketError error => $"owner told: {Kernel.Errno.Name(error.Errno)}",
        Retransmitted again => again.State == TcpState.SynSent ? $"SYN sent again ({again.Attempt})" : $"data sent again ({again.Attempt})",
        HeldUp { Transfer.ProbesWindow: true } held => $"the peer's window is closed: {Phrases.Bytes(held.Sample?.UnsentBytes ?? 0)} bytes wait",
        HeldUp { Sample: { UnreadBytes: > 0 } unread } => $"{Phrases.Bytes(unread.UnreadBytes)} bytes wait to be read",
        HeldUp held => $"held up: {held.Sample?.RetransmitsTotal ?? 0} segments sent again, {held.Transfer.LimitedByWindow.TotalSeconds:0.0} s for the window, {held.Transfer.LimitedBySendBuffer.TotalSeconds:0.0} s for the send buffer",
        SynAckRetransmitted => "SYN-ACK sent again",
        SynRejected rejected => $"SYN answered with ICMP: {Phrases.Unreachable(rejected.Code)}",
        AcceptQueueFull full => $"SYN dropped: {full.Waiting} connections wait for accept, backlog {full.Backlog}",
        SynQueueFull full => $"SYN met {full.Waiting} half-open connections, backlog {full.Backlog}",
        Unaccepted starved => $"not accepted: {starved.Descriptors} descriptors in use",
        CallFailed call => $"{call.Call}: {Kernel.Errno.Name(call.Errno)}",
        AttemptFailed { Errno: not 0 } attempt => $"our call was told {Kernel.Errno.Name(attempt.Errno)}",
        AttemptFailed { PeerClosed: true } => "end of stream where an answer was due",
        AttemptFailed { TimedOut: true } => "our patience ran out",
        AttemptFailed => "our attempt failed",
        _ => step.GetType().Name,
    };
}
