using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Resets that do not fit arrive for a live connection; the kernel ignores them and asks the peer, and the connection goes on.</summary>
public sealed class SpoofedRst : Cause
{
    public override string Id => "spoofed-rst";

    public override Verdict? Judge(Case broken, World world)
    {
        List<Dropped> resets = broken.Drops.FindAll(dropped => dropped.Reason is "TCP_RESET" or "TCP_INVALID_SEQUENCE" or "TCP_INVALID_END_SEQUENCE" && dropped.Flags.HasFlag(TcpFlags.Rst));
        // What ended the connection explains the resets that came too late for it.
        if (resets.Count == 0 || broken.Ended)
            return null;
        Dropped first = resets[0];
        bool towardsServer = first.Local == broken.ServerEndpoint;
        return new Verdict(this, broken)
            .For(0.7, true, "resets ignored: not the next byte in sequence", $"{first.Reason}, {resets.Count} times, in netns {first.Netns}", "skb:kfree_skb")
            .For(0.3, true, "the connection lives on", "yes", "sock:inet_sock_set_state")
            .For(0.3, resets.Count > 1, "several, as somebody does who guesses", $"{resets.Count}", "skb:kfree_skb")
            .Weighs(Severity.Warning)
            .Blames(Fault.Path, toldByClient: !towardsServer)
            .Tells("target", first.Process is { } process ? Phrases.Process(process) : towardsServer ? Phrases.Server(broken) : Phrases.Client(broken))
            .Tells("named", towardsServer ? $"{broken.ClientEndpoint.Address}" : $"{broken.ServerEndpoint}")
            .Tells("resets", $"{resets.Count}")
            .Remedy("network", "find-sender")
            .Remedy("firewall", "anti-spoof")
            .Remedy("application", "authenticate")
            .SettleBy("capture");
    }
}
