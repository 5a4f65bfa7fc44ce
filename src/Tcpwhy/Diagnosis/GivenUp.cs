using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>A client that left while its request was unanswered, as one of its two sockets tells it.</summary>
/// <param name="Waited">From the last that the client sent to its leaving; at the server from the last that arrived.</param>
/// <param name="Late">How long after the leaving the answer came, when it came.</param>
internal sealed record GivenUp(TimeSpan Waited, TimeSpan? Late)
{
    /// <summary>Goodbyes are said just before the close (a TLS close_notify, a QUIT), and a program that ends lets go of what it has: neither waited.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>A server's late answer is its own end of the story; the client's is preferred, for it knows when it left.</summary>
    public static GivenUp? Of(Case broken) =>
        (broken.Client is { Death: { } own } client ? Of(own, client.Received is not null, Patience) : null)
        ?? (broken.Client?.Death is null && broken.Server is { Death: { } seen } server ? Of(seen, server.Received is not null, Patience) : null);

    /// <summary>What the end of one socket tells; null when nobody gave up, or sooner than <paramref name="patience"/>.</summary>
    public static GivenUp? Of(StateChanged end, bool reset, TimeSpan patience)
    {
        if (end is not { To: TcpState.Closed, Sample: { } sample })
            return null;
        return sample.Opener switch
        {
            // A late answer that crosses the FIN makes the kernel reset itself: the client had left all the same.
            Opener.Local when !reset || end.From != TcpState.Established => OfClient(end, sample, patience),
            Opener.Remote => OfServer(end, sample, reset, patience),
            _ => null,
        };
    }

    private static GivenUp? OfClient(StateChanged end, TcpSample sample, TimeSpan patience)
    {
        if (sample.LastDataSent is not { } asked || sample.LastDataReceived is { } answered && answered <= asked || sample.UnackedBytes > 1)
            return null;
        TimeSpan? left = end.From switch
        {
            TcpState.Established when end.ByProcess => TimeSpan.Zero,
            TcpState.FinWait1 or TcpState.FinWait2 or TcpState.Closing when sample.SinceFinReceived is not { } fin || fin < sample.SinceFinSent => sample.SinceFinSent,
            _ => null,
        };
        return left is { } ago && asked - ago >= patience ? new GivenUp(asked - ago, null) : null;
    }

    private static GivenUp? OfServer(StateChanged end, TcpSample sample, bool reset, TimeSpan patience)
    {
        if (sample.LastDataReceived is not { } asked)
            return null;
        TimeSpan? left = end.From switch
        {
            TcpState.Established when reset && !(sample.LastDataSent <= asked) => TimeSpan.Zero,
            TcpState.LastAck when !(sample.LastDataSent <= asked) => sample.SinceFinReceived,
            // Of the one request that came, the client had taken a part of the answer: it left a stream, and not a wait.
            TcpState.CloseWait when reset && sample.LastDataSent < sample.SinceFinReceived && sample is not { DataSegmentsIn: 1, BytesAcked: > 1 } => sample.SinceFinReceived,
            _ => null,
        };
        if (left is not { } ago || asked - ago < patience)
            return null;
        return new GivenUp(asked - ago, end.From == TcpState.CloseWait && sample.LastDataSent is { } late ? ago - late : null);
    }

    /// <summary>Whether it is a number that people write into settings; timers fire a little late.</summary>
    public bool IsRound
    {
        get
        {
            double seconds = Waited.TotalSeconds, step = seconds < 0.95 ? 0.1 : seconds < 9.5 ? 0.5 : 1, over = seconds % step;
            return over <= 0.004 + 0.004 * seconds || step - over <= 0.005;
        }
    }
}
