using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The service accepts too slowly: its queue is full and the kernel drops new SYNs without a word.</summary>
public sealed class AcceptQueueOverflowDrop : Cause
{
    public override string Id => "accept-queue-overflow-drop";
    public override IReadOnlyList<string> YieldsTo => ["backlog-too-small", "accept-queue-overflow-rst"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.QueueFull is not { } full)
            return null;
        ProcessInfo? owner = full.Process ?? world.Listener(full.Netns, full.Local.Port)?.Process;
        return new Verdict(this, broken)
            .For(0.95, true, "SYN met a full accept queue", $"{full.Waiting} waiting, backlog {full.Backlog}", "cgroup_skb/ingress")
            .For(0.3, broken.Client is { State: TcpState.SynSent } or { CameThrough: not null }, "client repeated its SYN", $"{broken.Client?.Sample?.RetransmitsTotal} times", "tcp:tcp_retransmit_skb")
            .For(0.3, broken.SynAck is not null, "SYN-ACK repeated", "the final ACK was ignored", "tcp:tcp_retransmit_synack")
            .Weighs(broken.Client is null or { Errno: not 0 } or { Death: not null } ? Severity.Critical : Severity.Warning)
            .Blames(Fault.Server, toldByClient: false)
            .Tells("waiting", $"{full.Waiting}")
            .Tells("backlog", $"{full.Backlog}")
            .Tells("server", owner is null ? $"{full.Local}" : Phrases.Process(owner))
            .Remedy("application", "accept-faster")
            .Remedy("application", "backlog", "listen backlog", $"{full.Backlog}", "1024 or more")
            .Remedy("application", "more-acceptors")
            .Remedy("load-balancer", "limit-upstream");
    }
}
