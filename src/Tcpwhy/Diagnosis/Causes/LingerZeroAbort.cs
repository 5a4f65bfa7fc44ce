using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A program set SO_LINGER to 0 and closed: the kernel throws everything away and resets the peer.</summary>
public sealed class LingerZeroAbort : Cause
{
    public override string Id => "linger-zero-abort";
    public override IReadOnlyList<string> YieldsTo => ["process-crash", "listener-closed-queued", "lb-timeout-server", "http-client-abort", "tls-handshake-failure", "protocol-mismatch", "proxy-protocol-mismatch", "netns-destroyed"];

    /// <summary>The end that aborted so, or null.</summary>
    internal static ConnectionEnd? Aborter(Case broken) =>
        broken.Ends.FirstOrDefault(end => end is { Sent.Reason: "TCP_STATE" or "NOT_SPECIFIED" or "TCP_DISCONNECT_WITH_DATA", Sample.LingerZero: true, Aborted: true });

    public override Verdict? Judge(Case broken, World world)
    {
        if (Aborter(broken) is not { } aborter)
            return null;
        ConnectionEnd? other = broken.Other(aborter);
        int lost = aborter.UndeliveredBytes + aborter.UnreadBytes + (other?.UndeliveredBytes ?? 0);
        bool client = ReferenceEquals(aborter, broken.Client);
        return new Verdict(this, broken)
            .For(0.9, true, "reset sent", aborter.Sent!.Reason, "tcp:tcp_send_reset")
            .For(0.9, true, "SO_LINGER of the closed socket", "on, 0 s", "tcp_sock")
            .For(0.2, broken.Unfinished, "an answer was outstanding", "yes", "tcp_sock")
            .For(0.2, lost > 0, "bytes thrown away", Phrases.Bytes(lost), "tcp_sock")
            .Weighs(client ? Severity.Warning : Severity.Critical)
            .Blames(client ? Fault.Client : Fault.Server, toldByClient: client)
            .Tells("aborter", Phrases.End(broken, aborter))
            .Tells("other", Phrases.OtherEnd(broken, aborter))
            .Remedy("application", "remove-linger")
            .Remedy("application", "graceful-close")
            .Remedy("load-balancer", "proxy-timeout");
    }
}
