using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The server answered and closed while the client was still sending: what came later met a closed socket.</summary>
public sealed class EarlyCloseWhilePeerSends : Cause
{
    public override string Id => "early-close-while-peer-sends";
    public override IReadOnlyList<string> YieldsTo => ["tls-handshake-failure", "protocol-mismatch", "proxy-protocol-mismatch", "nginx-worker-connections"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (Reuse.Of(broken) is not { Reason: not "TCP_ABORT_ON_CLOSE" } reuse || !(reuse.Idle < Reuse.IdleAtLeast || reuse is { Streams: true, IsRace: true }))
            return null;
        ConnectionEnd? client = broken.Client, server = broken.Server;
        long sent = client?.Sample?.BytesSent ?? 0, taken = server?.Sample?.BytesReceived ?? 0;
        bool answered = server?.Sample?.BytesSent > 0 || client?.Sample?.DataSegmentsIn > 0;
        return new Verdict(this, broken)
            .For(0.8, reuse.Reason is not null, "data after the close answered by", $"reset, {reuse.Reason}", "tcp:tcp_send_reset")
            .For(0.7, true, "still sending", reuse.Idle is { } idle ? $"{Phrases.Duration(idle)} since the last data" : $"{Phrases.Bytes(sent)} bytes", "tcp_sock")
            .For(0.4, client is { State: TcpState.CloseWait }, "client wrote after the server's FIN", "in CLOSE_WAIT", "tcp:tcp_receive_reset")
            .For(0.3, answered, "the server had answered", "yes", "tcp_sock")
            .For(0.3, sent > taken && taken > 0, "sent by the client", $"{Phrases.Bytes(sent)} bytes, {Phrases.Bytes(taken)} taken", "tcp_sock")
            .Against(0.4, !answered && reuse.Reason is null, "the server had answered", "no", "tcp_sock")
            .Weighs(Severity.Critical)
            .Blames(Fault.Server, toldByClient: false)
            .Tells("since_close", reuse.SinceClose is { } since ? Phrases.Duration(since) : "?")
            .Remedy("application", "drain")
            .Remedy("load-balancer", "lingering-close")
            .Remedy("application", "expect-continue")
            .SettleBy("other-end", reuse.Reason is null);
    }
}
