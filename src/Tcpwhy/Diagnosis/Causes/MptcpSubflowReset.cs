using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A subflow of an MPTCP connection was refused or reset; the connection goes on over the others.</summary>
public sealed class MptcpSubflowReset : Cause
{
    private const string Prefix = "MPTCP_RST_";

    /// <summary>Says nothing: it is also what echoes the peer's reset.</summary>
    private const string Unspecified = Prefix + "EUNSPEC";

    public override string Id => "mptcp-subflow-reset";
    public override IReadOnlyList<string> YieldsTo => ["middlebox-rst", "lb-idle-rst", "conn-refused-firewall-rst", "spoofed-rst", "netns-destroyed"];

    /// <summary>The reset of a subflow that says most, or null.</summary>
    internal static ResetSent? Reset(Case broken)
    {
        ResetSent? vague = null;
        foreach (ResetSent? sent in new[] { broken.ServerRefusal, broken.ClientRefusal, broken.Server?.Sent, broken.Client?.Sent })
        {
            if (sent is null || !IsOfMptcp(sent))
                continue;
            if (sent.Reason != Unspecified)
                return sent;
            vague = sent;
        }
        return vague;
    }

    /// <summary>Whether MPTCP itself gave the reason.</summary>
    internal static bool IsOfMptcp(ResetSent sent) => sent.Reason.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>Whether a subflow was reset that nobody needed any more: its connection was closed, or closing.</summary>
    internal static bool IsLeftover(Case broken) =>
        broken.Ends.Any(end => end.Sample is { Multipath: true }) && !broken.Ends.Any(end => end.Sample is { MultipathOpen: true });

    public override Verdict? Judge(Case broken, World world)
    {
        ResetSent? reset = Reset(broken);
        ConnectionEnd? joined = broken.Ends.FirstOrDefault(end => end.Sample is { Subflow: true, MultipathOpen: true });
        // Of a peer on another host: it reset what had joined, and the connection is still open here.
        ConnectionEnd? hit = joined is { Received: not null } ? joined : null;
        if (IsLeftover(broken) || (reset is null || reset.Reason == Unspecified) && hit is null)
            return null;
        bool named = reset is not null && reset.Reason != Unspecified;
        // Without the other end nobody knows whether its connection was just being closed.
        bool known = joined is not null;
        bool whole = broken.Ends.Any(end => end.Sample is { Multipath: true, Subflow: false });
        bool client = named ? ReferenceEquals(reset, broken.Client?.Sent) || ReferenceEquals(reset, broken.ClientRefusal) : !ReferenceEquals(hit, broken.Client);
        bool join = broken.Ends.All(end => end.Sample is not { BytesReceived: > 0 } and not { BytesAcked: > 1 });
        string reason = named ? reset!.Reason : "?";
        bool stripped = reason is Prefix + "EMPTCP" or Prefix + "EMIDDLEBOX", unknown = reset is { Answers: TcpFlags.Syn };
        return new Verdict(this, broken)
            .For(0.85, named, "subflow reset by MPTCP", reason, "tcp:tcp_send_reset")
            .For(0.4, hit is not null, "subflow reset by its peer", hit is null ? "" : $"in {Phrases.State(hit.State)}", "tcp:tcp_receive_reset")
            .For(0.4, known, "its MPTCP connection goes on", "over another subflow", "mptcp_sock")
            .For(0.2, join && !whole, "before it carried any data", unknown ? "MP_JOIN refused at the SYN" : "MP_JOIN refused", "tcp_sock")
            .Against(0.25, named && !known && !whole, "what became of its connection", "not seen", "mptcp_sock")
            .Weighs(whole ? Severity.Critical : Severity.Warning)
            // Whom a balancer chose for the join is not whom its client talks to.
            .Blames(stripped && !unknown ? Fault.Path : unknown ? Fault.LoadBalancer : Fault.Host, toldByClient: client || unknown && broken.Client is not null)
            .By(client ? null : world.Servant(broken))
            .Tells("refuser", client ? Phrases.Client(broken) : Phrases.Server(broken))
            .Tells("other", client ? Phrases.Server(broken) : Phrases.Client(broken))
            .Tells("reason", named ? reason : "RST")
            .Remedy("network", "path")
            .Remedy("load-balancer", "one-backend")
            .Remedy("network", "limits")
            .Remedy("application", "leave-alone")
            .SettleBy("other-end", !named || !known);
    }
}
