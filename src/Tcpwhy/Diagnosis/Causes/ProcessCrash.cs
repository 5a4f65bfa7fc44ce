using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A process died with connections open; the kernel closed them as it cleaned up.</summary>
public sealed class ProcessCrash : Cause
{
    public override string Id => "process-crash";
    public override IReadOnlyList<string> YieldsTo => ["netns-destroyed"];

    public override Verdict? Judge(Case broken, World world)
    {
        foreach (ConnectionEnd dead in broken.Ends)
        {
            // Programs that could not do their work end with a status: that follows from the failure, and did not cause it.
            if (Ending(dead, world) is { } ending && !(ReferenceEquals(dead, broken.Client) && ending.Signal == 0 && FirstExchange.Of(broken) is { } failed && (failed.IsMisunderstanding || failed.NeverAnswered)))
                return Judge(broken, dead, ending);
        }
        return null;
    }

    /// <summary>How the owner of an end was ending when it closed; null when it was not, or did not close it.</summary>
    internal static ProcessInfo? Ending(ConnectionEnd dead, World world)
    {
        if (dead is not { Process: { } process, Death: { ByProcess: true } or { Process.Exiting: true }, Received: null })
            return null;
        ProcessInfo? end = process is { Exiting: true } and ({ Signal: not 0 } or { ExitStatus: not 0 }) ? process : world.ExitAfter(process.Pid, dead.Death!.Time);
        // A process that serves one connection ends with it, and with whatever status, once its peer has left (sshd: 255).
        bool left = end is { Signal: 0 } && dead is { Death.From: TcpState.CloseWait, UnreadBytes: 0 };
        return left || end is { Signal: 0, ExitStatus: 0 } ? null : end;
    }

    private Verdict Judge(Case broken, ConnectionEnd dead, ProcessInfo end)
    {
        bool crashed = Signals.IsCrash(end.Signal) || end.ExitStatus != 0;
        bool client = ReferenceEquals(dead, broken.Client);
        // Who ended with a status had said what he had to say, and his kernel still delivers it; a process of this one connection ends at a goodbye that no kernel understands.
        bool finished = end.Signal == 0 && dead is { Death.To: TcpState.FinWait1 or TcpState.LastAck, UnreadBytes: 0 }
            && (!dead.HeardLast && broken.Client is not { SpokeLast: true } || dead is { Process.Younger: true, Sample.BytesSent: > 0 });
        bool cutOff = broken.Unfinished && !finished;
        string ending = end.Signal != 0 ? Signals.Name(end.Signal) : $"exit status {end.ExitStatus}";
        return new Verdict(this, broken)
            .For(0.9, true, "closed by a process that was ending", ending, "sock:inet_sock_set_state")
            .For(0.5, end.Signal is 9 or 11 or 6 or 7 or 4, "ended by signal", ending, "task_struct")
            .For(0.3, dead.UnreadBytes > 0, "unread when it died", $"{Phrases.Bytes(dead.UnreadBytes)} bytes", "tcp_sock")
            .For(0.3, cutOff, "an answer was outstanding", "yes", "tcp_sock")
            // A client that dies is its own loss; so is a service that was told to end between two requests.
            .Weighs(client || !cutOff ? Severity.Info : crashed ? Severity.Critical : Severity.Warning)
            .Blames(client ? Fault.Client : Fault.Server, toldByClient: client)
            .Tells("process", Phrases.Process(end))
            .Tells("ending", ending)
            .Remedy("application", "find-crash")
            .Remedy("application", "memory-limit")
            .Remedy("application", "supervise")
            .Remedy("application", "retry");
    }
}
