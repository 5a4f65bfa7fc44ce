using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The server closed its listener while connections waited in its queue: the kernel resets those that nobody accepted.</summary>
public sealed class ListenerClosedQueued : Cause
{
    public override string Id => "listener-closed-queued";
    public override IReadOnlyList<string> YieldsTo => ["process-crash"];

    /// <summary>When the listener was closed that the connection still waited in; null when it did not.</summary>
    internal static DateTimeOffset? ListenerClosed(Case broken, World world) =>
        broken.Server is { Sent: { Reason: "TCP_STATE" or "NOT_SPECIFIED" } sent, Sample.LingerZero: false, State: TcpState.Established or TcpState.CloseWait } server
            ? world.ListenerClosed(server.Netns, server.Local, sent.Time) : null;

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Server is not { Sent: { } sent } server || ListenerClosed(broken, world) is not { } closed)
            return null;
        return new Verdict(this, broken)
            .For(0.8, true, "listener closed just before", Phrases.Duration(sent.Time - closed), "sock:inet_sock_set_state")
            .For(0.7, true, "reset sent", $"{sent.Reason}, by the process that closed the listener", "tcp:tcp_send_reset")
            .For(0.6, server.Sample is { BytesSent: 0 }, "never served", "nothing sent", "tcp_sock")
            .For(0.2, server.UnreadBytes > 0, "request waiting in it", $"{Phrases.Bytes(server.UnreadBytes)} bytes", "tcp_sock")
            .Against(0.9, server.Sample is { BytesSent: > 0 }, "it had been served", $"{Phrases.Bytes(server.Sample?.BytesSent ?? 0)} bytes sent", "tcp_sock")
            .Weighs(Severity.Critical)
            .Blames(Fault.Server, toldByClient: false)
            .Remedy("application", "drain-queue")
            .Remedy("load-balancer", "drain")
            .Remedy("sysctl", "migrate", "net.ipv4.tcp_migrate_req", null, "1");
    }
}
