using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Segments of a connection that this host drops for one reason, so that they go unanswered: shared by the causes that differ in that reason.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Count">How many were dropped for the same reason.</param>
internal sealed record DroppedSegments(Dropped First, int Count)
{
    /// <summary>The evidence's value: the reason, how often, and where.</summary>
    public string Told => $"{First.Reason}, {Count} times, in netns {First.Netns}";

    /// <summary>Null when no drop is of that kind, or the client was past the point where an answer mattered.</summary>
    public static DroppedSegments? Of(Case broken, Predicate<Dropped> isOfThatKind) =>
        broken.Client is not { State: not (TcpState.SynSent or TcpState.Established) } && broken.Drops.Find(isOfThatKind) is { } first
            ? new DroppedSegments(first, broken.Drops.Count(dropped => dropped.Reason == first.Reason)) : null;

    /// <summary>Weighs what the client made of it.</summary>
    public Verdict Unanswered(Verdict verdict)
    {
        Case broken = verdict.Case;
        TimeSpan waited = broken.Client?.Sample?.Age ?? broken.Last - broken.Start;
        return verdict
            .For(0.4, First.Flags.HasFlag(TcpFlags.Syn) && broken.Client?.Retransmission is not null, "SYN repeated, never answered", $"{(broken.Client?.Retransmission?.Attempt ?? 0) + 1} SYNs in {Phrases.Duration(waited)}", "tcp:tcp_retransmit_skb")
            .For(0.2, broken.Client is { Errno: not 0 }, "owner told", Kernel.Errno.Name(broken.Client?.Errno ?? 0), "sock:inet_sk_error_report");
    }
}
