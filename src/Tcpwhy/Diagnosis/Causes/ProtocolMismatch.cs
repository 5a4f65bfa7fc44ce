using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The two ends speak different protocols: HTTP to a port that wants TLS, or TLS to one that does not.</summary>
public sealed class ProtocolMismatch : Cause
{
    /// <summary>A request, or a handshake, begins in so many segments: more are a stream that was taken for a while.</summary>
    private const int FirstWordsAtMost = 4;

    public override string Id => "protocol-mismatch";
    public override IReadOnlyList<string> YieldsTo => ["process-crash", "proxy-protocol-mismatch", "nginx-worker-connections"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (FirstExchange.Of(broken) is not { } failed)
            return null;
        bool tls = failed.Asked == FirstWords.Tls && failed.Answered is not (FirstWords.Tls or FirstWords.TlsAlert or FirstWords.Unknown);
        bool plain = failed.Asked == FirstWords.HttpRequest
            && (failed.Answered is FirstWords.Tls or FirstWords.TlsAlert || failed.PortSpeaks.HasFlag(PortSpeech.Tls) && (failed.NeverAnswered || failed.Answered == FirstWords.Http400));
        bool unknownPort = (failed.PortSpeaks & (PortSpeech.Http | PortSpeech.Proxy)) == 0;
        bool answered400 = !plain && unknownPort && failed.Asked == FirstWords.HttpRequest && failed.Answered == FirstWords.Http400;
        bool silent = !plain && !tls && unknownPort && !failed.PortSpeaks.HasFlag(PortSpeech.Answers) && !(broken.Server is { } server && world.Proxies.PassedOn(server)) && failed is { NeverAnswered: true, AskedInSegments: <= FirstWordsAtMost, Told: { Sent: null, Received: null }, Asked: FirstWords.HttpRequest or FirstWords.Unknown };
        bool head = !plain && !tls && unknownPort && failed is { TookRecordHead: true, Asked: FirstWords.HttpRequest or FirstWords.Unknown };
        if (!tls && !plain && !answered400 && !silent && !head)
            return null;
        string wrong = tls ? "TLS" : "HTTP", wanted = tls ? "no TLS" : "TLS";
        Verdict verdict = new Verdict(this, broken)
            .For(0.95, tls, "TLS was answered in clear text", $"{failed.Answered}", "payload")
            .For(0.9, plain, "HTTP where others speak TLS", $"{failed.Answered}", "payload")
            .For(0.5, answered400, "each HTTP request is refused", "status 400", "payload")
            .For(0.45, silent, "closed at the first words", "no answer", "tcp_sock")
            .For(0.6, head, "taken before it closed", "5 bytes, as long as the head of a TLS record", "tcp_sock")
            .For(0.2, (silent || head) && failed.Heard, "it was asked in clear text", "an HTTP request", "payload")
            .Weighs(Severity.Warning)
            .Blames(Fault.Client, toldByClient: broken.Server is null)
            .Tells("wrong", wrong)
            .Tells("wanted", wanted)
            .Remedy("application", "scheme");
        if (silent && !failed.Heard)
            verdict.Remedy("application", "handler");
        return verdict
            .Remedy("load-balancer", "haproxy")
            .Remedy("load-balancer", "nginx")
            .SettleBy("payload", !failed.Heard)
            .SettleBy("ask", failed.Heard && (answered400 || silent || head));
    }
}
