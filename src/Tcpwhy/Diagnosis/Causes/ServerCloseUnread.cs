using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The server closed with bytes unread, so its kernel sent a reset instead of a FIN (RFC 2525 section 2.17).</summary>
public sealed class ServerCloseUnread : Cause
{
    public override string Id => "server-close-unread";
    public override IReadOnlyList<string> YieldsTo => ["process-crash", "keepalive-race", "proxy-protocol-mismatch", "protocol-mismatch", "nginx-worker-connections", "zero-window-slow-reader", "netns-destroyed"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Server is not { Sent.Reason: "TCP_ABORT_ON_CLOSE" } server)
            return null;
        bool waiting = broken.Client is { SpokeLast: true } || server.HeardLast;
        return new Verdict(this, broken)
            .For(0.9, true, "reset sent", "TCP_ABORT_ON_CLOSE", "tcp:tcp_send_reset")
            .For(0.8, server.UnreadBytes > 0, "unread when closed", $"{Phrases.Bytes(server.UnreadBytes)} bytes", "tcp_sock")
            .For(0.2, waiting, "client still waited for an answer", "yes", "tcp_sock")
            .Weighs(Severity.Critical)
            .Blames(Fault.Server, toldByClient: false)
            .Tells("unread", Phrases.Bytes(server.UnreadBytes))
            .Remedy("application", "drain")
            .Remedy("load-balancer", "lingering-close")
            .Remedy("application", "refuse-early");
    }
}
