using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A segment that connection tracking holds for invalid reached the client untranslated; its kernel, which never called that address, reset the server.</summary>
public sealed class K8sConntrackInvalidRst : Cause
{
    public override string Id => "k8s-conntrack-invalid-rst";

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.Server is not { Received: not null, Sent: null } server || server.State is TcpState.SynReceived or TcpState.NewSynReceived
            || broken.ClientRefusal is not { Reason: "NO_SOCKET" or "NOT_SPECIFIED" } refusal)
            return null;
        SocketFound? client = broken.Alive.Find(found => found.Local == refusal.Local && found.Netns == refusal.Netns && found.State == TcpState.Established && found.Remote != refusal.Remote);
        if (client is null)
            return null;
        ConntrackLooked? translation = broken.Tracked.Find(looked => looked.IsTranslated);
        long invalid = translation is null ? 0 : world.Moved(translation.Netns, "conntrack_invalid", broken.Start - TimeSpan.FromSeconds(2));
        return new Verdict(this, broken)
            .For(0.8, true, "the client's kernel reset an address that it never called", $"{refusal.Remote}, {refusal.Reason}", "tcp:tcp_send_reset")
            .For(0.9, true, "while the client's own connection lives", $"to {client.Remote}, ESTABLISHED", "iter/task_file")
            .For(0.5, translation is not null, "translated on the way", $"{translation?.Called} stands for {translation?.Answerer}", "ctnetlink")
            .For(0.3, invalid > 0, "segments that connection tracking held for invalid", $"{invalid}", "nf_conntrack invalid")
            .Weighs(Severity.Critical)
            .Blames(Fault.Path, toldByClient: false)
            .Tells("hit", server.Process is { } owner ? Phrases.Process(owner) : $"{server.Local}")
            .Tells("called", $"{client.Remote}")
            .Tells("backend", $"{refusal.Remote}")
            .Remedy("firewall", "drop-invalid")
            .Remedy("sysctl", "be-liberal", "net.netfilter.nf_conntrack_tcp_be_liberal", "0", "1")
            .Remedy("network", "kube-proxy");
    }
}
