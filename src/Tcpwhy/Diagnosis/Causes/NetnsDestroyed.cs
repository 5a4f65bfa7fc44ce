using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A container's interface was taken away, and then its network namespace, while it had connections: their peers were never told.</summary>
public sealed class NetnsDestroyed : Cause
{
    public override string Id => "netns-destroyed";

    public override Verdict? Judge(Case broken, World world)
    {
        if (world.Removals.Of(broken) is not { } lost)
            return null;
        bool client = ReferenceEquals(lost, broken.Client);
        SocketFound? alive = client ? broken.LivingServer : broken.LivingClient;
        // Two containers that go together leave nobody behind who waits.
        bool both = broken.Other(lost) is { Death.Stranded: true };
        string said = lost.Sent is null ? "FIN" : "reset";
        return new Verdict(this, broken)
            .For(0.8, true, "closed when its namespace had no interface left", $"netns {lost.Netns}, its {said} did not leave", "sock:inet_sock_set_state")
            .For(0.8, true, "the namespace was removed", $"found gone {Phrases.Duration(world.Removals.GoneAfter(lost) ?? default)} later", "/proc/PID/ns/net")
            .For(0.5, alive is not null, "the other end is still", "ESTABLISHED", "iter/task_file")
            .For(0.3, lost.Exiting, "closed by a process that was ending", lost.Process is { Signal: not 0 } killed ? Signals.Name(killed.Signal) : "yes", "sock:inet_sock_set_state")
            .Weighs(both ? Severity.Info : broken.Unfinished ? Severity.Critical : Severity.Warning)
            .Blames(Fault.Host, toldByClient: client)
            .Tells("lost", Phrases.End(broken, lost))
            .Tells("left", Phrases.OtherEnd(broken, lost))
            .Remedy("network", "close-first")
            .Remedy("application", "grace-period")
            .Remedy("application", "keepalive")
            .Remedy("load-balancer", "drain");
    }
}
