using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A client wrote on a connection that the server had already closed: shared by the race, where it could not know, and by stale reuse, where it could.</summary>
/// <param name="SinceClose">Time between the server's FIN and the client's write, at the client where possible, else less the round trip.</param>
/// <param name="Idle">How long nothing had been exchanged before the write; null when not known.</param>
/// <param name="ClientSawFin">Whether the FIN had reached the client's kernel when it wrote; null when not known.</param>
/// <param name="Reason">The reason of the server's reset, when its kernel is this one.</param>
internal sealed record Reuse(TimeSpan? SinceClose, TimeSpan? Idle, bool? ClientSawFin, string? Reason)
{
    /// <summary>A FIN that a program has not noticed within this time was there to be seen: longer than a network round trip, a scheduler's delay or a short garbage collection.</summary>
    public static readonly TimeSpan Noticeable = TimeSpan.FromMilliseconds(100);

    /// <summary>Shorter pauses belong to an exchange under way.</summary>
    public static readonly TimeSpan IdleAtLeast = TimeSpan.FromMilliseconds(200);

    /// <summary>No server's idle timeout is shorter by much; a connection that was idle for less may be closed for what the request says.</summary>
    private static readonly TimeSpan IdleTimeoutAtLeast = TimeSpan.FromMilliseconds(900);

    /// <summary>How long the connection had been idle when the server closed it: its idle timeout, when that was what closed it; null when not known.</summary>
    public TimeSpan? ClosedAfter => Idle - (SinceClose ?? TimeSpan.Zero) is { } closed && closed >= IdleTimeoutAtLeast ? closed : null;

    /// <summary>Null when no write met a closed connection, or only the goodbye that answers the server's.</summary>
    public static Reuse? Of(Case broken) => Met(broken) is { } met && !met.IsGoodbye(broken) ? met : null;

    /// <summary>Whether a client of TLS said goodbye to a server that had closed already, or closed without a look at it: it asked for nothing, and lost nothing.</summary>
    public static bool SaidGoodbye(Case broken) => Met(broken) is { } met && met.IsGoodbye(broken)
        || broken.Server is { Sent.Reason: "TCP_ABORT_ON_CLOSE", Sample.LastDataSent: { } spoke } server && spoke < IdleAtLeast && IsGoodbye(server.UnreadBytes, broken);

    private bool IsGoodbye(Case broken)
    {
        ConnectionEnd? client = broken.Client;
        int written = client is { State: TcpState.CloseWait, Sample.UnackedBytes: > 0 and var unacked } ? unacked : (broken.Server?.Sent ?? broken.ServerRefusal)?.AnsweredBytes ?? 0;
        // Where the words are not known, a goodbye follows on that of the server, or on its FIN that was read.
        return IsGoodbye(written, broken)
            && (client?.Sample?.Said == FirstWords.Tls || broken.Server?.Sample?.Heard == FirstWords.Tls || !(Idle >= IdleAtLeast) || client is { State: TcpState.CloseWait, Sample: { SinceFinReceived: not null, UnreadBytes: 0 } });
    }

    /// <summary>Whether so many bytes are a close_notify or a GOAWAY of HTTP/2, or both, enciphered with AES-GCM: in TLS 1.2, 1.3, or, with ChaCha20, 1.2. TLS that began later than with the first word is heard as something else.</summary>
    private static bool IsGoodbye(int bytes, Case broken) =>
        bytes is 31 or 24 or 23 or 46 or 39 or 38 or 77 or 63 or 61
        && (broken.Client?.Sample?.Said ?? FirstWords.Unknown) is FirstWords.Unknown or FirstWords.Tls or FirstWords.Other
        && (broken.Server?.Sample?.Heard ?? FirstWords.Unknown) is FirstWords.Unknown or FirstWords.Tls or FirstWords.Other;

    private static Reuse? Met(Case broken)
    {
        ConnectionEnd? client = broken.Client, server = broken.Server;
        // The kernel has this reason for data after our FIN alone; an orphan's last states are not all reported.
        bool serverClosing = server is { Sent.Reason: "TCP_ABORT_ON_DATA" };
        ResetSent? late = broken.ServerRefusal is { } refusal && !refusal.Answers.HasFlag(TcpFlags.Syn) ? refusal : null;
        bool clientWroteAfterFin = client is { Received: not null, State: TcpState.CloseWait };
        // The same race, lost by a hair: the request was in the queue when the server's timer closed without a look at it.
        TimeSpan? quiet = server is { Sent.Reason: "TCP_ABORT_ON_CLOSE", State: TcpState.Established, Exiting: false, UnreadBytes: > 0, Sample: { LastDataReceived: { } arrived, LastDataSent: { } answered, MssBytes: var mss } }
            && server.UnreadBytes <= mss && arrived < Noticeable && answered - arrived >= IdleTimeoutAtLeast ? answered - arrived : null;
        if (quiet is not null)
            return new Reuse(null, quiet, ClientSawFin: false, server!.Sent!.Reason);
        if (client?.Attempt is { PeerClosed: true } attempt && AfterIdle(attempt) is { } reused)
            return reused with { Reason = server?.Sent?.Reason ?? late?.Reason };
        if (!serverClosing && late is not { Reason: "TCP_TIMEWAIT_SOCKET" } && !clientWroteAfterFin)
            return null;

        TcpSample? asClient = client?.Sample, asServer = server?.Sample;
        TimeSpan? sinceClose = asClient is { SinceFinReceived: { } fin, LastDataSent: { } write } && clientWroteAfterFin
            ? Positive(fin - write)
            : serverClosing ? Positive(asServer?.SinceFinSent - TimeSpan.FromMicroseconds(asServer?.RttMicroseconds ?? 0)) : late?.SinceClose;
        // A client in the middle of an upload has received nothing for long and was not idle: its server knows better.
        TimeSpan? idle = Shorter(
            asClient is { LastDataSent: { } sent, UnsentBytes: 0 } && !IsStream(asClient) ? Positive((asClient.LastDataReceived ?? asClient.Age) - sent) : null,
            serverClosing ? Shorter(asServer?.LastDataReceived ?? asServer?.Age, asServer?.LastDataSent) : null);
        // Of an orphan only a TIME_WAIT socket is left once its FIN is acknowledged (tcp_fin_timeout): the orphan itself answers what crossed the FIN.
        bool? sawFin = client?.Received is not null ? clientWroteAfterFin
            : late?.Reason == "TCP_TIMEWAIT_SOCKET" || server is { State: TcpState.FinWait2, Sample.Orphaned: false } ? true
            : serverClosing ? false : null;
        return new Reuse(sinceClose, idle, sawFin, server?.Sent?.Reason ?? late?.Reason) { Streams = asClient is not null && IsStream(asClient) };
    }

    /// <summary>Whether the client only sends, and is never answered.</summary>
    public bool Streams { get; init; }

    /// <summary>Whether the client could not have known: its write crossed the FIN, or came within the time that a program needs to notice it.</summary>
    public bool IsRace => ClientSawFin == false || SinceClose is { } since && since < Noticeable;

    /// <summary>Whether a client has sent what was taken, and never received a thing: it streams, and its pauses are not those between exchanges.</summary>
    private static bool IsStream(TcpSample client) => client is { LastDataReceived: null, BytesAcked: > 1 };

    /// <summary>A request after a pause that was answered with the end of the connection at once: the FIN was there, or on its way. What comes later may be the answer to the request itself.</summary>
    private static Reuse? AfterIdle(AttemptFailed attempt) =>
        attempt.Idle >= IdleTimeoutAtLeast && attempt.Sample is { SinceFinReceived: { } fin, LastDataSent: { } write } && write - fin < Noticeable
            ? new Reuse(Positive(fin - write), attempt.Idle, ClientSawFin: fin - write >= Noticeable, null) : null;

    private static TimeSpan? Positive(TimeSpan? time) => time < TimeSpan.Zero ? TimeSpan.Zero : time;

    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other) => one is null || other < one ? other : one;
}
