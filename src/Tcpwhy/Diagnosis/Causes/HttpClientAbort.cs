using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A client left before its answer came: a user who lost interest, or, always after the same time, a timeout that is too short.</summary>
public sealed class HttpClientAbort : Cause
{
    public override string Id => "http-client-abort";
    public override IReadOnlyList<string> YieldsTo => ["process-crash", "admin-abort", "tls-handshake-failure", "protocol-mismatch", "proxy-protocol-mismatch", "middlebox-rst", "half-open-peer-gone", "netns-destroyed"];

    /// <summary>Null when the one who left is a proxy, or left because its own client did.</summary>
    internal static GivenUp? Left(Case broken, World world) =>
        GivenUp.Of(broken) is not { } left || LbTimeoutServer.Proxy(broken, world) is not null || broken.Client is { } client && world.Departures.IsPassedOn(client) ? null : left;

    public override Verdict? Judge(Case broken, World world)
    {
        if (Left(broken, world) is not { } left)
            return null;
        int alike = world.Departures.Alike(broken, left.Waited, out bool most, out bool atOnce);
        ConnectionEnd? client = broken.Client;
        // Collectors of logs and measurements never answer; leaving them is no failure.
        bool answers = left.Late is not null || broken.Server?.Sample is { BytesSent: > 0 } || client?.Sample is { DataSegmentsIn: > 0 }
            || world.Answers(broken.ServerNetns, broken.ServerEndpoint.Port) || world.Servant(broken) is { } servant && Proxies.MayBeProxy(servant.Comm);
        // Seen from the server alone a busy host spreads and gathers times.
        bool timeout = alike >= 3 && most && (left.IsRound || client is not null && !atOnce);
        return new Verdict(this, broken)
            .For(0.6, true, "left while its request was unanswered", $"after {Phrases.Duration(left.Waited)}", "tcp_sock")
            .For(0.6, timeout, "others left after the same time", $"{alike - 1}", "tcp_sock")
            .For(0.3, left.Late is not null, "the answer came late", $"by {Phrases.Duration(left.Late ?? default)}", "tcp_sock")
            .For(0.3, client?.Sent is not null, "reset sent", client?.Sent?.Reason ?? "", "tcp:tcp_send_reset")
            .Against(0.4, !answers, "answers of this service", "none seen", "tcp_sock")
            .Against(0.35, client is null, "who left", "not on this host: a client or a proxy", "tcp_sock")
            .Weighs(timeout && answers ? Severity.Warning : Severity.Info)
            .Blames(Fault.Client, toldByClient: client is not null)
            .Tells("waited", Phrases.Duration(left.Waited))
            .Remedy("application", "align-timeouts")
            .Remedy("application", "faster")
            .Remedy("load-balancer", "abort-early")
            .SettleBy("other-end", client is null);
    }
}
