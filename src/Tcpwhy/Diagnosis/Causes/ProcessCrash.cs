using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A process died with connections open; the kernel closed them as it cleaned up.</summary>
public sealed class ProcessCrash : Cause
{
    public override string Id => "process-crash";

    public override Verdict? Judge(Case broken, World world)
    {
        // An end of a process that exits does not crash twice: the one that acted, not the one that was hit.
        if (broken.Ends.FirstOrDefault(end => end is { Exiting: true, Death: not null, Received: null }) is not { Process: { } process } dead)
            return null;
        ProcessInfo end = process.Signal != 0 || process.ExitStatus != 0 ? process : world.Exit(process.Pid) ?? process;
        bool crashed = Signals.IsCrash(end.Signal) || end.ExitStatus != 0;
        bool asked = end.Signal is 1 or 2 or 15;
        if (!crashed && !asked)
            return null;
        bool client = ReferenceEquals(dead, broken.Client);
        string ending = end.Signal != 0 ? Signals.Name(end.Signal) : $"exit status {end.ExitStatus}";
        return new Verdict(this, broken)
            .For(0.9, true, "closed by a process that was ending", ending, "sock:inet_sock_set_state")
            .For(0.5, end.Signal is 9 or 11 or 6 or 7 or 4, "ended by signal", ending, "task_struct")
            .For(0.3, dead.UnreadBytes > 0, "unread when it died", $"{Phrases.Bytes(dead.UnreadBytes)} bytes", "tcp_sock")
            .For(0.3, broken.Unfinished, "an answer was outstanding", "yes", "tcp_sock")
            // A client that dies is its own loss; so is a service that was told to end between two requests.
            .Weighs(client || !broken.Unfinished ? Severity.Info : crashed ? Severity.Critical : Severity.Warning)
            .Blames(client ? Fault.Client : Fault.Server, toldByClient: client)
            .Tells("process", Phrases.Process(process))
            .Tells("ending", ending)
            .Remedy("application", "find-crash")
            .Remedy("application", "memory-limit")
            .Remedy("application", "supervise")
            .Remedy("application", "retry");
    }
}
