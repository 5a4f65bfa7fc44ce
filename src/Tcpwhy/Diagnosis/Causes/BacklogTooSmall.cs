using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>The service accepts fast enough, but its queue is too short for a burst: it ran empty soon after it was full.</summary>
public sealed class BacklogTooSmall : Cause
{
    /// <summary>Who is dropped tries again after a second: a queue that had held him until now would have spared him that.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public override string Id => "backlog-too-small";

    public override Verdict? Judge(Case broken, World world)
    {
        if (broken.QueueFull is not { } full || world.Drained(full.Netns, full.Local.Port, full.Time) is not { } drained || drained.FullFor >= Soon)
            return null;
        bool through = broken.Client?.CameThrough is not null;
        string? somaxconn = world.Setting(full.Netns, "net.core.somaxconn");
        return new Verdict(this, broken)
            .For(0.8, true, "SYN met a full accept queue", $"{full.Waiting} waiting, backlog {full.Backlog}", "cgroup_skb/ingress")
            .For(0.8, true, "and it was empty", $"{Phrases.Duration(drained.FullFor)} later", "inet_diag")
            .For(0.4, through, "came through when it was repeated", $"after {Phrases.Duration(broken.Client?.CameThrough?.Sample?.Age ?? default)}", "sock:inet_sock_set_state")
            .Weighs(broken.Client is { CameThrough: null, Errno: not 0 } ? Severity.Critical : Severity.Warning)
            .Blames(Fault.Server, toldByClient: false)
            .Tells("backlog", $"{full.Backlog}")
            .Tells("emptied", Phrases.Duration(drained.FullFor))
            .Tells("server", drained.Process is { } owner ? Phrases.Process(owner) : Phrases.Server(broken))
            .Remedy("application", "backlog", "listen backlog", $"{full.Backlog}", "1024 or more")
            .Remedy("sysctl", "somaxconn", "net.core.somaxconn", somaxconn, "4096")
            .Remedy("application", "reuse");
    }
}
