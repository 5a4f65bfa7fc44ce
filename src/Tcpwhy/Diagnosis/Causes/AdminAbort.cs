using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>Somebody killed the connection from outside: ss -K, or a tool that uses the same kernel interface.</summary>
public sealed class AdminAbort : Cause
{
    private const int ECONNABORTED = 103;

    public override string Id => "admin-abort";

    /// <summary>The end that was killed, or null: a program's own abort says CLOSED by the time that the reset leaves, and tells no error.</summary>
    internal static ConnectionEnd? Killed(Case broken) =>
        broken.Ends.FirstOrDefault(end => end is { Sent: { Reason: "TCP_STATE" or "NOT_SPECIFIED", State: not TcpState.Closed }, Errno: ECONNABORTED });

    public override Verdict? Judge(Case broken, World world)
    {
        if (Killed(broken) is not { } killed)
            return null;
        ProcessInfo? killer = killed.Death?.Process;
        bool client = ReferenceEquals(killed, broken.Client);
        return new Verdict(this, broken)
            .For(0.9, true, "owner told", "ECONNABORTED", "sock:inet_sk_error_report")
            .For(0.8, true, "reset sent while open", $"TCP_STATE in {Phrases.State(killed.Sent!.State)}", "tcp:tcp_send_reset")
            .For(0.5, killer is not null, "acted", killer is null ? "" : Phrases.Process(killer), "tcp:tcp_send_reset")
            .Weighs(Severity.Warning)
            .Blames(Fault.Host, toldByClient: client)
            .Tells("killer", killer is null ? "?" : Phrases.Process(killer))
            .Tells("end", Phrases.End(broken, killed))
            .Remedy("network", "find-killer")
            .Remedy("application", "reconnect");
    }
}
