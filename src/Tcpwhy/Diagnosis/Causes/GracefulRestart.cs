using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A service was restarted, and clients called while nobody listened.</summary>
public sealed class GracefulRestart : Cause
{
    public override string Id => "graceful-restart";

    public override Verdict? Judge(Case broken, World world)
    {
        if (Refusals.Of(broken) is null || world.Downtimes.Of(broken) is not { To: { } again } down)
            return null;
        ProcessInfo? end = down.Process is { } process ? process is { Exiting: true } ? process : world.ExitAfter(process.Pid, down.From) : null;
        // Who crashed was not restarted on purpose.
        if (end is not null && Signals.IsCrash(end))
            return null;
        TimeSpan gap = again - down.From;
        bool other = down.Process is not null && down.Successor is not null && down.Process.Pid != down.Successor.Pid;
        return new Verdict(this, broken)
            .For(0.7, true, "listener closed just before", Phrases.Duration(broken.Start - down.From), "sock:inet_sock_set_state")
            .For(0.8, true, "somebody listened again", $"{Phrases.Duration(gap)} after the close", "sock:inet_sock_set_state")
            .For(0.5, other, "in another process", down.Successor is null ? "" : Phrases.Process(down.Successor), "sock:inet_sock_set_state")
            .Weighs(Severity.Warning)
            .Blames(Fault.Server, toldByClient: broken.Client is not null)
            .Tells("gap", Phrases.Duration(gap))
            .Tells("old", down.Process is null ? "?" : Phrases.Process(down.Process))
            .Tells("new", down.Successor is null ? "?" : Phrases.Process(down.Successor))
            .Remedy("application", "drain-first")
            .Remedy("load-balancer", "reload")
            .Remedy("application", "hand-over");
    }
}
