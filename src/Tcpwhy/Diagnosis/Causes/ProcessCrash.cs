using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A process died with connections open; the kernel closed them as it cleaned up.</summary>
public sealed class ProcessCrash : Cause
{
    /// <summary>Whether the listener or the connections go first depends on their descriptors.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(100);

    public override string Id => "process-crash";
    public override IReadOnlyList<string> YieldsTo => ["netns-destroyed"];

    public override Verdict? Judge(Case broken, World world) =>
        Dead(broken, world) is ({ } dead, { } ending) ? Judge(broken, dead, ending) : null;

    /// <summary>The end whose process died, and how, when that is what broke the connection; null otherwise.</summary>
    internal static (ConnectionEnd Dead, ProcessInfo Ending)? Dead(Case broken, World world)
    {
        foreach (ConnectionEnd dead in broken.Ends)
        {
            bool client = ReferenceEquals(dead, broken.Client);
            // Of who was never connected nothing broke when he went, nor where nothing came through any more.
            if (Ending(dead, world) is not { } ending || client && (dead.State == TcpState.SynSent || HadItsAnswer(dead) || RetransmissionTimeout.IsLeft(broken, dead))
                || !client && dead.Death is { } death && RetransmissionTimeout.WasLost(broken, dead.Remote, death.Time))
                continue;
            // Programs that could not do their work end with a status: that follows from the failure, and did not cause it.
            bool gaveUp = ending.Signal == 0 && (client ? FirstExchange.Of(broken) is { } failed && (failed.IsMisunderstanding || failed.NeverAnswered) : world.Proxies.PassedOn(dead));
            if (!gaveUp)
                return (dead, ending);
        }
        return null;
    }

    /// <summary>Whether a server closed in order while it owed an answer, as one does that ends what it has begun.</summary>
    internal static bool LeftOwing(ConnectionEnd? server) =>
        server is { HeardLast: true, Sent: null, Received: null, Death: not null, Sample: { Opener: Opener.Remote, SinceFinSent: { } fin } sample } && !(sample.SinceFinReceived >= fin);

    /// <summary>Whether the server had said all that it would, and closed, before a client did.</summary>
    private static bool HadItsAnswer(ConnectionEnd client) =>
        client.Sample is { SinceFinReceived: { } fin } sample && !(sample.SinceFinSent >= fin);

    /// <summary>Whether a server answered, closed in order, and all that is still on its way is the short last word that its kernel delivers: a session that was refused, or told to end.</summary>
    private static bool HadSaidItsLast(Case broken, ConnectionEnd server) =>
        ReferenceEquals(server, broken.Server) && server is { Sent: null, HeardLast: false, UnreadBytes: 0, Sample: { LastDataSent: not null, MssBytes: var mss } }
        && server.UndeliveredBytes <= mss && broken.Client is not { UndeliveredBytes: > 0 } and not { SpokeLast: true };

    /// <summary>Whether a process that was started for a connection on which it had spoken, and had read all that came, ends in order: at a goodbye that no kernel understands (ssh).</summary>
    private static bool IsOfOneConnection(ConnectionEnd dead) =>
        dead is { Death.To: TcpState.FinWait1 or TcpState.LastAck, UnreadBytes: 0, Process.Younger: true, Sample.BytesSent: > 0 };

    /// <summary>How the owner of an end was ending when it closed; null when it was not, or did not close it.</summary>
    private static ProcessInfo? Ending(ConnectionEnd dead, World world)
    {
        if (dead is not { Process: { } process, Death: not null, Received: null } || dead.Death is not ({ ByProcess: true } or { Process.Exiting: true }) && !LeftOwing(dead))
            return null;
        ProcessInfo? end = process is { Exiting: true } and ({ Signal: not 0 } or { ExitStatus: not 0 }) ? process : world.ExitAfter(process.Pid, dead.Death.Time);
        // A process that serves one connection ends with it, and with whatever status, once its peer has left (sshd: 255).
        bool left = end is { Signal: 0 } && dead is { Death.From: TcpState.CloseWait, UnreadBytes: 0 };
        return left || end is { Signal: 0, ExitStatus: 0 } && !CutOff(dead, process, world) ? null : end;
    }

    /// <summary>Whether a service that ends well leaves requests unanswered: it did not wait for them. A process for each connection ends so by nature, and some services never answer.</summary>
    private static bool CutOff(ConnectionEnd server, ProcessInfo process, World world) =>
        LeftOwing(server) && (world.Proxies.Contains(process, server.Netns)
            || world.Answers(server.Netns, server.Local.Port) && world.ListenerClosed(server.Netns, server.Local, server.Death!.Time + AtOnce) is not null);

    private Verdict Judge(Case broken, ConnectionEnd dead, ProcessInfo end)
    {
        bool crashed = Signals.IsCrash(end);
        bool client = ReferenceEquals(dead, broken.Client);
        bool cutOff = broken.Unfinished && !(end.Signal == 0 && (HadSaidItsLast(broken, dead) || IsOfOneConnection(dead)));
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
