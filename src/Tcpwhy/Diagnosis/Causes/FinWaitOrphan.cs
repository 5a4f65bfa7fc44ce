using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A program closed with data or its FIN still to be acknowledged, and the peer has gone: the kernel repeats it for a socket that nobody owns, then drops it without telling anyone.</summary>
public sealed class FinWaitOrphan : Cause
{
    public override string Id => "fin-wait-orphan";
    public override IReadOnlyList<string> YieldsTo => ["pmtu-blackhole", "bpf-policy-drop", "md5-ao-mismatch", "paws-reject", "checksum-corruption", "seq-desync", "tcp-memory-pressure", "asymmetric-routing", "netns-destroyed"];

    public override Verdict? Judge(Case broken, World world)
    {
        ConnectionEnd? orphan = broken.Ends.FirstOrDefault(end => end is { Received: null, Sent: null, Errno: 0, Sample.Orphaned: true }
            && end.State is TcpState.FinWait1 or TcpState.LastAck or TcpState.Closing
            && (end.Death is { To: TcpState.Closed } || end.Retransmission is { Attempt: >= 3 })
            && end.Events.Any(step => step.Sample is { RetransmitsInARow: > 0 }));
        if (orphan is null || RetransmissionTimeout.IsLeft(broken, orphan) || broken.ClientRefusal is not null || broken.ServerRefusal is not null)
            return null;
        TcpSample sample = orphan.Events.Select(step => step.Sample).OfType<TcpSample>().MaxBy(one => one.RetransmitsInARow)!;
        int lost = orphan.UndeliveredBytes;
        bool client = ReferenceEquals(orphan, broken.Client);
        bool dead = orphan.Death is { To: TcpState.Closed };
        Dropped? drop = broken.Drops.Count > 0 ? broken.Drops[^1] : null;
        TimeSpan since = (orphan.Events[^1].Sample ?? sample).SinceFinSent ?? broken.Last - broken.Start;
        return new Verdict(this, broken)
            .For(0.6, true, "closed by its program, not acknowledged", $"in {Phrases.State(orphan.State)} for {Phrases.Duration(since)}", "tcp_sock")
            .For(0.6, true, "same data sent again in a row", $"{sample.RetransmitsInARow} times", "tcp:tcp_retransmit_skb")
            .For(0.4, dead, "given up without a word to anyone", $"{Phrases.State(orphan.State)} to CLOSED", "sock:inet_sock_set_state")
            .For(0.3, drop is not null, "segments of this connection dropped", drop is null ? "" : $"{drop.Reason} in netns {drop.Netns}", "skb:kfree_skb")
            .Weighs(lost > 0 ? Severity.Warning : Severity.Info)
            .Blames(Fault.Path, toldByClient: client)
            .Tells("closer", Phrases.End(broken, orphan))
            .Tells("gone", Phrases.OtherEnd(broken, orphan))
            .Tells("lost", Phrases.Bytes(lost))
            .Tells("waited", Phrases.Duration(since))
            .Remedy("network", "find-peer")
            .Remedy("application", "wait-for-peer")
            .Remedy("load-balancer", "fin-timeouts")
            .Remedy("sysctl", "orphan-retries", "net.ipv4.tcp_orphan_retries", world.Setting(orphan.Netns, "net.ipv4.tcp_orphan_retries"), "3")
            .SettleBy("other-end", drop is null);
    }
}
