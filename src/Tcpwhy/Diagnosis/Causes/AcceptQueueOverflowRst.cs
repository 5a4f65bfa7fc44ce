using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The accept queue was full when a handshake completed, and tcp_abort_on_overflow=1 made the kernel reset the client.</summary>
public sealed class AcceptQueueOverflowRst : Cause
{
    public override string Id => "accept-queue-overflow-rst";

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.ServerRefusal is not { Reason: "INVALID_SYN", State: TcpState.Listen } refusal || refusal.Answers.HasFlag(TcpFlags.Syn))
            return null;
        bool dropped = broken.Drops.Exists(drop => drop.Reason == "TCP_LISTEN_OVERFLOW");
        string? setting = world.Setting(refusal.Netns, "net.ipv4.tcp_abort_on_overflow");
        bool aborts = setting == "1";
        if (broken.QueueFull is null && !dropped && !aborts)
            return null;
        int backlog = broken.QueueFull?.Backlog ?? world.Listener(refusal.Netns, refusal.Local.Port)?.Backlog ?? 0;
        return new Verdict(this, broken)
            .For(0.8, true, "handshake answered by", "reset, INVALID_SYN on the listener", "tcp:tcp_send_reset")
            .For(0.9, broken.QueueFull is not null, "accept queue full", $"{broken.QueueFull?.Waiting} waiting, backlog {broken.QueueFull?.Backlog}", "cgroup_skb/ingress")
            .For(0.8, dropped, "last segment of the handshake dropped", "TCP_LISTEN_OVERFLOW", "skb:kfree_skb")
            .For(0.5, aborts, "net.ipv4.tcp_abort_on_overflow", "1", "sysctl")
            .Weighs(Severity.Critical)
            .Blames(Fault.Server, toldByClient: false)
            .Tells("backlog", backlog > 0 ? $"{backlog}" : "?")
            .Remedy("application", "accept-faster")
            .Remedy("sysctl", "no-abort", "net.ipv4.tcp_abort_on_overflow", setting ?? "1", "0")
            .Remedy("application", "backlog", "listen backlog", backlog > 0 ? $"{backlog}" : null, "1024 or more");
    }
}
