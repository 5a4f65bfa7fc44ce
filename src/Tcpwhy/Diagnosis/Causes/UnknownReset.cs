using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A reset that no rule explains: said so, with what was seen.</summary>
public sealed class UnknownReset : Cause
{
    public override string Id => "unknown-reset";

    public override Verdict? Judge(Case broken, World world)
    {
        ResetSent? sent = broken.Ends.Select(end => end.Sent).FirstOrDefault(reset => reset is not null) ?? broken.ServerRefusal ?? broken.ClientRefusal;
        ConnectionEnd? hit = broken.Ends.FirstOrDefault(end => end.Received is not null);
        AttemptFailed? own = sent is null && hit is null && broken.Client?.Attempt is { } attempt && !UnknownTimeout.IsSilence(attempt) ? attempt : null;
        // An ICMP error ends an attempt as a reset does.
        bool rejected = hit is null && broken.Client is { State: TcpState.SynSent, Errno: 111, Attempt: null };
        if (sent is null && hit is null && own is null && !rejected)
            return null;
        Segment? segment = hit?.Received?.Segment;
        bool client = ReferenceEquals(hit, broken.Client) && hit is not null || broken.Server is null && broken.ServerRefusal is null;
        return new Verdict(this, broken)
            .For(0.1, sent is not null, "reset sent", $"{sent?.Reason}{(sent is { State: not TcpState.Unknown } ? $" in {Phrases.State(sent.State)}" : "")}", "tcp:tcp_send_reset")
            .For(0.1, hit is not null, "reset received", hit is null ? "" : $"in {Phrases.State(hit.State)}", "tcp:tcp_receive_reset")
            .For(0.1, own is { PeerClosed: true }, "end of stream where an answer was due", own is { Idle.Ticks: > 0 } ? $"after {Phrases.Duration(own.Idle)} idle" : "yes", "tcp_sock")
            .For(0.1, rejected, "refused, and no reset came", "an ICMP message", "sock:inet_sk_error_report")
            .For(0.1, own is { Errno: not 0 }, "owner told", own is null ? "" : Kernel.Errno.Name(own.Errno), "sock:inet_sk_error_report")
            .For(0.05, segment is not null, "the reset looks sent by", segment is { LooksLikeProcess: true } ? $"a process, TTL {segment.Ttl}" : $"no socket or a firewall, TTL {segment?.Ttl}", "cgroup_skb/ingress")
            .Weighs(hit is not null && broken.Unfinished || rejected || broken.Client?.Attempt is not null ? Severity.Warning : Severity.Info)
            .Blames(Fault.Unknown, toldByClient: client)
            .Tells("reason", sent?.Reason ?? (rejected ? "ICMP" : own is null ? "a reset received from the peer" : own.Errno != 0 ? Kernel.Errno.Name(own.Errno) : own.PeerClosed ? "FIN" : "?"))
            .Remedy("application", "record")
            .SettleBy("start-earlier", broken.Ends.Any(end => end.Sample is { Opener: Opener.Unknown }))
            .SettleBy("other-end", sent is null);
    }
}
