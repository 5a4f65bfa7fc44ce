using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The listener's queue of half-open connections is full, SYN cookies are off, and the kernel drops new SYNs.</summary>
public sealed class SynQueueOverflowDrop : Cause
{
    public override string Id => "syn-queue-overflow-drop";

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.HalfOpenFull is not { } full || full.Waiting <= full.Backlog && world.HoldsOneMore)
            return null;
        long dropped = world.Moved(full.Netns, "TcpExtTCPReqQFullDrop", broken.Start);
        bool repeated = broken.Client is { Retransmission.State: TcpState.SynSent };
        if (dropped == 0)
            return null;
        return new Verdict(this, broken)
            .For(0.8, true, "SYN met a full queue of half-open connections", $"{full.Waiting}, backlog {full.Backlog}", "cgroup_skb/ingress")
            .For(0.8, true, "SYNs dropped for it in this namespace", $"{dropped}", "TCPReqQFullDrop")
            .For(0.4, repeated, "client repeated its SYN", $"{broken.Client?.Sample?.RetransmitsTotal} times", "tcp:tcp_retransmit_skb")
            .Weighs(broken.Client is { CameThrough: not null } ? Severity.Warning : Severity.Critical)
            .Blames(Fault.Server, toldByClient: false)
            .Tells("half_open", $"{full.Waiting}")
            .Tells("backlog", $"{full.Backlog}")
            .Remedy("sysctl", "cookies", "net.ipv4.tcp_syncookies", "0", "1")
            .Remedy("application", "backlog", "listen backlog", $"{full.Backlog}", "1024 or more")
            .Remedy("network", "find-half-open")
            .Remedy("sysctl", "synack-retries", "net.ipv4.tcp_synack_retries", null, "3");
    }
}
