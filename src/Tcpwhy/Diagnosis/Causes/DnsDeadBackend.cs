using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>One of the addresses that a program uses side by side is dead: a share of its calls fails, or waits, while the others are served.</summary>
public sealed class DnsDeadBackend : Cause
{
    /// <summary>A name has seldom more addresses: who talks to more at one port is a crawler, a mesh, a proxy to the world.</summary>
    private const int MostAddresses = 16;

    /// <summary>An answer, even a refusal, takes a round trip; silence is noticed when the SYN is repeated.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(900);

    public override string Id => "dns-dead-backend";

    /// <summary>What says why the one address does not serve.</summary>
    public override IReadOnlyList<string> YieldsTo =>
    [
        "graceful-restart", "conn-refused-firewall-rst", "rp-filter-drop", "asymmetric-routing", "md5-ao-mismatch", "bpf-policy-drop", "accept-queue-overflow-drop", "accept-queue-overflow-rst",
        "fd-limit-accept", "backlog-too-small", "syn-queue-overflow-drop", "syn-cookies-active", "conntrack-table-full", "snat-port-collision", "ephemeral-port-exhaustion", "tfo-blackhole", "local-queue-drop",
    ];

    public override Verdict? Judge(Case broken, World world)
    {
        if (world.Rotations.Of(broken) is not { Used: true } rotation || Met(broken) is not { } met)
            return null;
        // Of a name most addresses serve.
        int addresses = rotation.Alive.Count + rotation.FailingAddresses;
        if (rotation.FailingAddresses > rotation.Alive.Count + 1 || addresses > MostAddresses)
            return null;
        ConnectionEnd client = broken.Client!;
        ProcessInfo process = client.Process!;
        bool atOnce = (client.Sample?.Age ?? broken.Last - broken.Start) < AtOnce;
        // Programs try the other family when one fails, and their call goes through.
        bool otherFamily = rotation.Alive.All(one => one.Address.AddressFamily != broken.ServerEndpoint.Address.AddressFamily);
        bool proxy = world.Proxies.Contains(process, client.Netns);
        Sibling busiest = rotation.Alive[0];
        Verdict verdict = new Verdict(this, broken)
            .For(0.7, true, "connections served at this port meanwhile", $"{rotation.Served}, by {busiest.Address}{(rotation.Alive.Count > 1 ? $" and {rotation.Alive.Count - 1} more" : "")}", "sock:inet_sock_set_state")
            .For(0.5, true, "this address alone", met, "sock:inet_sock_set_state")
            .For(0.3, rotation.Failures > 1, "attempts at it that failed", $"{rotation.Failures} of {rotation.Failures}", "sock:inet_sock_set_state")
            .For(0.2, rotation.Served <= 4L * rotation.Failures * rotation.Alive.Count && rotation.Failures <= 4 * rotation.Served, "taken in turn with the others", $"{rotation.Failures} to {rotation.Served}", "sock:inet_sock_set_state")
            .For(0.3, rotation.Before is { Closed: > 0 }, "connections it served before", rotation.Before is { } before ? $"{before.Closed}, the last {Phrases.Duration(before.Silent)} ago" : "", "sock:inet_sock_set_state")
            .Against(0.4, rotation.FailingAddresses > rotation.Alive.Count, "addresses that fail", $"{rotation.FailingAddresses} of {addresses}", "sock:inet_sock_set_state")
            .Weighs(otherFamily && atOnce && rotation.MadeUp ? Severity.Info : rotation.MadeUp || proxy ? Severity.Warning : Severity.Critical)
            .Blames(proxy ? Fault.LoadBalancer : Fault.Host, toldByClient: true)
            .Tells("dead", $"{broken.ServerEndpoint.Address}")
            .Tells("alive", $"{busiest.Address}")
            .Tells("met", met);
        if (process.Comm is "haproxy")
            return verdict.Remedy("load-balancer", "haproxy").Remedy("network", "revive").SettleBy("same-name", rotation.Before is null);
        if (process.Comm is "nginx")
            return verdict.Remedy("load-balancer", "nginx").Remedy("network", "revive").SettleBy("same-name", rotation.Before is null);
        return verdict
            .Remedy("network", "withdraw")
            .Remedy("application", "resolve-again")
            .Remedy("application", "next-address")
            .Remedy("load-balancer", "health-check")
            .SettleBy("same-name", rotation.Before is null);
    }

    /// <summary>How the address failed, or null when it may yet answer.</summary>
    private static string? Met(Case broken)
    {
        ConnectionEnd client = broken.Client!;
        if (client.Received is not null)
            return "ECONNREFUSED";
        if (client.Errno != 0)
            return Kernel.Errno.Name(client.Errno);
        int repeated = Math.Max(client.Retransmission?.Attempt ?? 0, client.Sample?.RetransmitsTotal ?? 0);
        bool answered = broken.SynAck is not null || broken.Server is not null;
        return repeated > 0 && !answered ? $"{repeated + 1} SYNs unanswered" : null;
    }
}
