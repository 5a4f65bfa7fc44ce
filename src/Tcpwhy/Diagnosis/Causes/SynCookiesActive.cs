using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The listener's queue of half-open connections is full, and the kernel answers SYNs with cookies: a flood, or a backlog that is too small.</summary>
public sealed class SynCookiesActive : Cause
{
    public override string Id => "syn-cookies-active";
    public override IReadOnlyList<string> YieldsTo => ["syn-queue-overflow-drop", "accept-queue-overflow-drop", "backlog-too-small"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.HalfOpenFull is not { } full || full.Waiting <= full.Backlog && world.HoldsOneMore)
            return null;
        long cookies = world.Moved(full.Netns, "TcpExtTCPReqQFullDoCookies", broken.Start);
        if (cookies == 0)
            return null;
        return new Verdict(this, broken)
            .For(0.8, true, "SYN met a full queue of half-open connections", $"{full.Waiting}, backlog {full.Backlog}", "cgroup_skb/ingress")
            .For(0.8, true, "SYNs answered with cookies in this namespace", $"{cookies}", "TCPReqQFullDoCookies")
            .Weighs(Severity.Warning)
            .Blames(Fault.Server, toldByClient: false)
            .Tells("half_open", $"{full.Waiting}")
            .Tells("backlog", $"{full.Backlog}")
            .Remedy("application", "backlog", "listen backlog", $"{full.Backlog}", "1024 or more")
            .Remedy("network", "find-flood")
            .Remedy("sysctl", "keep-cookies", "net.ipv4.tcp_syncookies", "1", "1")
            .SettleBy("sources");
    }
}
