using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Data was sent again and again and never acknowledged: the peer's host or the path is gone.</summary>
public sealed class RetransmissionTimeout : Cause
{
    /// <summary>ETIMEDOUT, or the errno of an ICMP error that arrived meanwhile.</summary>
    private static readonly int[] Timeouts = [110, 113, 101, 112, 111];

    private static readonly TimeSpan IdleAtLeast = TimeSpan.FromSeconds(1);

    /// <summary>The shortest time after which data is sent again, and a little.</summary>
    private static readonly TimeSpan NotAtOnce = TimeSpan.FromMilliseconds(250);

    public override string Id => "retransmission-timeout";
    public override IReadOnlyList<string> YieldsTo => ["conntrack-idle-expiry", "nat-lb-idle-drop", "user-timeout", "zero-window-slow-reader", "pmtu-blackhole", "bpf-policy-drop", "md5-ao-mismatch", "paws-reject", "checksum-corruption", "seq-desync", "conntrack-table-full", "tcp-memory-pressure", "tcp-backlog-drop", "asymmetric-routing", "netns-destroyed"];

    public override Verdict? Judge(Case broken, World world)
    {
        ConnectionEnd? owner = broken.Ends.FirstOrDefault(end => end is { Received: null, Sample: { Orphaned: false } sample }
            && end.State is TcpState.Established or TcpState.CloseWait or TcpState.FinWait1
            && end.UndeliveredBytes > 0
            && (Array.IndexOf(Timeouts, end.Errno) >= 0 || end is { Death: null, Retransmission.Attempt: >= 4 }));
        ConnectionEnd? left = owner is null ? broken.Ends.FirstOrDefault(end => IsLeft(broken, end)) : null;
        owner ??= left;
        if (owner?.Sample is not { } last)
            return null;
        int repeats = Math.Max(last.RetransmitsInARow, owner.Retransmission?.Attempt ?? 0);
        // Without a route or an interface nothing is in flight that could be sent again: the kernel tries to send it at all.
        int futile = last is { UnackedBytes: 0, UnsentBytes: > 0, SendWindowBytes: > 0 } ? last.ProbesUnanswered : 0;
        if (repeats == 0 && futile == 0)
            return null;
        TimeSpan waited = last.LastAckReceived ?? broken.Last - broken.Start;
        Dropped? drop = broken.Drops.FindLast(dropped => !IsHandshakeAgain(dropped));
        bool client = ReferenceEquals(owner, broken.Client);
        // Perhaps it is their size that large segments vanish for.
        bool onlyLarge = drop is null && last.MssBytes > 0 && owner.UndeliveredBytes >= last.MssBytes && last.BytesAcked < 2 * last.MssBytes;
        // An answer to what was sent again, though not an acknowledgement of it.
        bool answers = repeats >= 2 && last is { LastAckReceived: { } heard, LastDataSent: { } sent } && heard <= sent + TimeSpan.FromMilliseconds(100);
        // Perhaps a box on the way forgot it meanwhile.
        TimeSpan? idle = drop is null ? Forgotten.Of(broken)?.Idle : null;
        return new Verdict(this, broken)
            .For(0.8, repeats > 0, "same data sent again in a row", $"{repeats} times", "tcp:tcp_retransmit_skb")
            .For(0.7, repeats == 0, "tried to send, and nothing left this host", $"{futile} times", "tcp_sock")
            .For(0.6, owner.Errno != 0, "owner told", Kernel.Errno.Name(owner.Errno), "sock:inet_sk_error_report")
            .For(0.3, left is not null, "given up by its program meanwhile", $"in {Phrases.State(owner.State)}", "tcp_sock")
            .For(0.3, true, "no acknowledgement for", Phrases.Duration(waited), "tcp_sock")
            .For(0.3, drop is not null, "segments of this connection dropped", drop is null ? "" : $"{drop.Reason} in netns {drop.Netns}", "skb:kfree_skb")
            .Against(0.4, drop is null && broken.Drops.Exists(IsHandshakeAgain), "the SYN-ACK came again", "the handshake's last ACK did not arrive either", "skb:kfree_skb")
            .Against(0.45, onlyLarge, "full segments passed before", "none", "tcp_sock")
            .Against(0.3, answers, "acknowledgements keep coming, of nothing new", Phrases.Duration(waited), "tcp_sock")
            .Against(0.4, repeats > 0 && idle >= IdleAtLeast, "idle before", Phrases.Duration(idle ?? default), "tcp_sock")
            .Against(0.37, drop is null && repeats > 0 && !onlyLarge && !(idle >= IdleAtLeast) && broken.Other(owner) is null, "what the other host knows of it", "not seen", "tcp_sock")
            .Weighs(owner.Errno != 0 ? Severity.Critical : Severity.Warning)
            .Blames(repeats > 0 ? Fault.Path : Fault.Host, toldByClient: client)
            .Tells("owner", Phrases.End(broken, owner))
            .Tells("dead", Phrases.OtherEnd(broken, owner))
            .Tells("unacked", Phrases.Bytes(owner.UndeliveredBytes))
            .Tells("retransmits", $"{Math.Max(repeats, futile)}")
            .Tells("waited", Phrases.Duration(waited))
            .Remedy("network", "find-outage")
            .Remedy("application", "user-timeout")
            .Remedy("sysctl", "retries2", "net.ipv4.tcp_retries2", world.Setting(owner.Netns, "net.ipv4.tcp_retries2"), "8")
            .SettleBy("other-end", drop is null && repeats > 0)
            .SettleBy("mtu", onlyLarge);
    }

    /// <summary>Whether a program closed a connection, or was ended, when what it had sent was lost already, as one whose patience ran out; its kernel goes on for a while.</summary>
    internal static bool IsLeft(Case broken, ConnectionEnd end)
    {
        if (end is not { Received: null, Sent: null, UndeliveredBytes: > 0, Events: [.., var latest] })
            return false;
        DateTimeOffset? closed = end.Death is { To: TcpState.FinWait1 or TcpState.LastAck, ByProcess: true } ended ? ended.Time
            : end is { State: TcpState.FinWait1 or TcpState.LastAck or TcpState.Closing, Sample.Orphaned: true } ? latest.Time - latest.Sample?.SinceFinSent
            : null;
        return closed is { } time && WasLost(broken, end.Local, time);
    }

    /// <summary>Whether data from an end was being lost before <paramref name="time"/>.</summary>
    internal static bool WasLost(Case broken, Endpoint sender, DateTimeOffset time) =>
        broken.Ends.Any(end => end.Local == sender && end.Events.Any(step => step is Retransmitted { Attempt: >= 3 } && step.Time < time))
        || broken.Drops.Exists(drop => drop.Reason == "NETFILTER_DROP" && drop.Remote == sender && !drop.Flags.HasFlag(TcpFlags.Syn) && time - drop.Time > NotAtOnce);

    /// <summary>A SYN-ACK that was repeated to an established client and dropped there: no segment of ours, and none that is missed.</summary>
    private static bool IsHandshakeAgain(Dropped dropped) => dropped is { Reason: "TCP_INVALID_SYN", Flags: TcpFlags.Syn | TcpFlags.Ack };
}
