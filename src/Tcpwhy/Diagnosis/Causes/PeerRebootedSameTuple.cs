using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A client that forgot a connection opens a new one from the same port; the server asks back about the old one, and the newcomer resets it.</summary>
public sealed class PeerRebootedSameTuple : Cause
{
    public override string Id => "peer-rebooted-same-tuple";

    public override Verdict? Judge(Case broken, World world)
    {
        ResetSent? newcomer = broken.Client?.Sent is { State: TcpState.SynSent, Reason: "TCP_INVALID_ACK_SEQUENCE" } sent ? sent : null;
        List<Dropped> syns = broken.Drops.FindAll(dropped => dropped.Reason == "TCP_INVALID_SYN" && dropped.Flags.HasFlag(TcpFlags.Syn));
        ConnectionEnd? hit = broken.Server is { Received: not null, Sent: null, State: TcpState.Established or TcpState.CloseWait or TcpState.FinWait1 or TcpState.FinWait2 } server ? server : null;
        if (newcomer is null && (hit is null || syns.Count == 0))
            return null;
        TimeSpan? idle = hit?.Sample is { } sample ? Shorter(sample.LastDataReceived, sample.LastDataSent) : null;
        return new Verdict(this, broken)
            .For(0.75, newcomer is not null, "a new connection from the same port answered the old one's acknowledgement", "reset, TCP_INVALID_ACK_SEQUENCE", "tcp:tcp_send_reset")
            .For(0.75, syns.Count > 0, "SYN on a connection that is still open", $"TCP_INVALID_SYN in netns {(syns.Count > 0 ? syns[0].Netns : 0)}", "skb:kfree_skb")
            .For(0.4, hit is not null, "the old connection was reset", hit is null ? "" : $"in {Phrases.State(hit.State)}", "tcp:tcp_receive_reset")
            .For(0.2, idle is not null, "idle before", Phrases.Duration(idle ?? default), "tcp_sock")
            .Against(0.25, hit is null, "what the other host knows of it", "not seen", "tcp:tcp_send_reset")
            .Weighs(Severity.Warning)
            .Blames(Fault.Client, toldByClient: hit is null)
            .Tells("owner", Phrases.Server(broken))
            .Tells("newcomer", Phrases.Client(broken))
            .Remedy("network", "find-reboot")
            .Remedy("network", "nat-port-reuse")
            .Remedy("application", "keepalive")
            .SettleBy("other-end", newcomer is null || hit is null);
    }

    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other) => one is null ? other : other is null || one < other ? one : other;
}
