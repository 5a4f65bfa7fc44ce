using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis;

/// <summary>A connection that came to nothing in its first exchange: the client spoke, and the server closed at once, or answered that it did not understand.</summary>
/// <param name="Told">The end that knows most; the server's when it is here.</param>
/// <param name="Asked">What the client said first.</param>
/// <param name="Answered">What the server said first.</param>
/// <param name="Alert">Code of the TLS alert that ended it, 255 for an enciphered one, or 0.</param>
/// <param name="AlertByClient">Whether the client sent it.</param>
/// <param name="NeverAnswered">The server closed, and had not said a byte.</param>
internal sealed record FirstExchange(ConnectionEnd Told, FirstWords Asked, FirstWords Answered, int Alert, bool AlertByClient, bool NeverAnswered)
{
    /// <summary>A server that does not understand says so, or closes, without thinking.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(300);

    /// <summary>Bytes of a TLS alert that is not enciphered, and no more.</summary>
    private const long AlertBytes = 7;

    /// <summary>Type, version and length of a TLS record; OpenSSL reads no further before it has looked at them.</summary>
    private const long RecordHeadBytes = 5;

    /// <summary>Payload was looked at.</summary>
    public bool Heard => Asked != FirstWords.Unknown || Answered != FirstWords.Unknown;

    /// <summary>What others were heard to speak on the port.</summary>
    public PortSpeech PortSpeaks => Told.Sample?.PortSpeaks ?? PortSpeech.None;

    /// <summary>The server closed with everything unread: it never took a byte.</summary>
    public bool Untouched => Told is { Sent.Reason: "TCP_ABORT_ON_CLOSE" } && Told.Sample is { } sample && sample.UnreadBytes > 0 && sample.UnreadBytes >= sample.BytesReceived;

    /// <summary>In how many segments the client spoke.</summary>
    public int AskedInSegments { get; init; }

    /// <summary>The server closed when it had taken as much as the head of a TLS record and no more: it knew from that, that it was none.</summary>
    public bool TookRecordHead => NeverAnswered && Told is { Sent.Reason: "TCP_ABORT_ON_CLOSE", Sample: { Opener: Opener.Remote } sample, UnreadBytes: > 0 and var unread }
        && sample.BytesReceived - (sample.SinceFinReceived is null ? 0 : 1) - unread == RecordHeadBytes;

    /// <summary>The server's whole answer was as long as a TLS alert.</summary>
    public bool AnswerIsAlertLong { get; init; }

    /// <summary>Null when the server took part in a conversation, or the client said nothing.</summary>
    public static FirstExchange? Of(Case broken)
    {
        ConnectionEnd? server = broken.Server, client = broken.Client;
        if ((server ?? client) is not { Sample: { } sample, Death: not null } told || told.State == TcpState.SynSent)
            return null;
        bool atServer = ReferenceEquals(told, server);
        long asked = atServer ? sample.BytesReceived : sample.BytesSent, answered = atServer ? sample.BytesSent : sample.BytesReceived - (sample.SinceFinReceived is null ? 0 : 1);
        int turns = atServer ? sample.DataSegmentsOut : sample.DataSegmentsIn;
        FirstWords said = atServer ? sample.Heard : sample.Said, heard = atServer ? sample.Said : sample.Heard;
        int alert = sample.AlertSaid != 0 ? sample.AlertSaid : sample.AlertHeard;
        bool closedByServer = atServer ? sample.SinceFinSent is { } own && !(sample.SinceFinReceived >= own) || told.Sent is { Reason: "TCP_ABORT_ON_CLOSE" or "TCP_ABORT_ON_DATA" }
            : sample.SinceFinReceived is { } fin && !(sample.SinceFinSent > fin) || told.Received is not null;
        TimeSpan? asideAt = atServer ? sample.LastDataReceived : sample.LastDataSent;
        TimeSpan end = (atServer ? sample.SinceFinSent : sample.SinceFinReceived) ?? TimeSpan.Zero;
        bool never = closedByServer && turns == 0 && asked > 0 && asideAt - end < AtOnce;
        // A proxy that has its 400 closes, and at times before the server does.
        bool refused = said == FirstWords.Proxy && heard == FirstWords.Http400;
        if (alert == 0 && !never && !((closedByServer || refused) && turns is > 0 and <= 2 && sample.Age < TimeSpan.FromSeconds(5)))
            return null;
        return new FirstExchange(told, said, heard, alert, alert != 0 && sample.AlertSaid != 0 != atServer, never)
        {
            AskedInSegments = atServer ? sample.DataSegmentsIn : sample.DataSegmentsOut,
            AnswerIsAlertLong = closedByServer && answered == AlertBytes && asked >= 40,
        };
    }

    /// <summary>Whether one of the causes of failed first exchanges explains it, by what was heard.</summary>
    public bool IsMisunderstanding =>
        Alert != 0
        || Asked == FirstWords.Tls && Answered is not (FirstWords.Tls or FirstWords.TlsAlert or FirstWords.Unknown)
        || Asked == FirstWords.Proxy && (NeverAnswered || Answered == FirstWords.Http400)
        || Asked == FirstWords.HttpRequest && (NeverAnswered || Answered is FirstWords.Tls or FirstWords.TlsAlert || Answered == FirstWords.Http400 && !PortSpeaks.HasFlag(PortSpeech.Http))
        || AnswerIsAlertLong;
}
