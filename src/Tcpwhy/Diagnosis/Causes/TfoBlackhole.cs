using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A box on the path drops SYNs that carry data: TCP Fast Open makes each handshake a second slower.</summary>
public sealed class TfoBlackhole : Cause
{
    public override string Id => "tfo-blackhole";
    public override IReadOnlyList<string> YieldsTo => ["accept-queue-overflow-drop", "backlog-too-small", "syn-queue-overflow-drop", "snat-port-collision"];

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Client is not { CameThrough.Sample: { SynData: true } sample, Death: null })
            return null;
        Dropped? drop = broken.Drops.Find(dropped => dropped.Flags.HasFlag(TcpFlags.Syn));
        TimeSpan waited = sample.Age ?? TimeSpan.FromSeconds(1);
        return new Verdict(this, broken)
            .For(0.7, true, "the SYN carried data", "TCP Fast Open", "tcp_sock")
            .For(0.5, true, "came through when it was repeated", $"without data, after {Phrases.Duration(waited)}", "sock:inet_sock_set_state")
            .For(0.6, drop is not null, "segment lost on this host", drop is null ? "" : $"{Phrases.Flags(drop.Flags)}, {drop.Reason} in netns {drop.Netns}", "skb:kfree_skb")
            .Against(0.3, drop is null, "where the SYN was lost", "not seen", "skb:kfree_skb")
            .Weighs(Severity.Warning)
            .Blames(Fault.Path, toldByClient: true)
            .Tells("waited", Phrases.Duration(waited))
            .Remedy("application", "no-tfo")
            .Remedy("sysctl", "fastopen", "net.ipv4.tcp_fastopen", world.Setting(broken.Client.Netns, "net.ipv4.tcp_fastopen"), "0")
            .Remedy("firewall", "let-pass")
            .SettleBy("again", drop is null);
    }
}
