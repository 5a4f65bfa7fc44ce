using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Data in flight was not acknowledged within the TCP_USER_TIMEOUT that the program chose.</summary>
public sealed class UserTimeout : Cause
{
    private const int ETIMEDOUT = 110;

    public override string Id => "user-timeout";
    public override IReadOnlyList<string> YieldsTo => ["conntrack-idle-expiry", "nat-lb-idle-drop", "pmtu-blackhole", "bpf-policy-drop", "md5-ao-mismatch", "paws-reject", "checksum-corruption", "seq-desync", "conntrack-table-full", "tcp-memory-pressure", "tcp-backlog-drop", "asymmetric-routing", "netns-destroyed"];

    public override Verdict? Judge(Case broken, World world)
    {
        ConnectionEnd? owner = broken.Ends.FirstOrDefault(end => end is { Errno: ETIMEDOUT, Received: null, Sent: null, Sample.UserTimeoutMilliseconds: > 0, UndeliveredBytes: > 0 });
        if (owner?.Sample is not { } sample)
            return null;
        TimeSpan limit = TimeSpan.FromMilliseconds(sample.UserTimeoutMilliseconds);
        TimeSpan waited = sample.LastDataSent is { } sent && sent < (sample.LastAckReceived ?? TimeSpan.MaxValue) ? sent : sample.LastAckReceived ?? default;
        Dropped? drop = broken.Drops.Count > 0 ? broken.Drops[^1] : null;
        bool client = ReferenceEquals(owner, broken.Client);
        return new Verdict(this, broken)
            .For(0.8, true, "TCP_USER_TIMEOUT of the socket", Phrases.Duration(limit), "tcp_sock")
            .For(0.6, true, "owner told", "ETIMEDOUT", "sock:inet_sk_error_report")
            .For(0.4, true, "not acknowledged", $"{Phrases.Bytes(owner.UndeliveredBytes)} bytes", "tcp_sock")
            .For(0.3, drop is not null, "segments of this connection dropped", drop is null ? "" : $"{drop.Reason} in netns {drop.Netns}", "skb:kfree_skb")
            .Weighs(Severity.Critical)
            .Blames(Fault.Path, toldByClient: client)
            .Tells("owner", Phrases.End(broken, owner))
            .Tells("other", Phrases.OtherEnd(broken, owner))
            .Tells("limit", Phrases.Duration(limit))
            .Tells("unacked", Phrases.Bytes(owner.UndeliveredBytes))
            .Remedy("network", "find-outage")
            .Remedy("application", "longer-timeout")
            .SettleBy("other-end", drop is null);
    }
}
