using Tcpwhy.Model;

namespace Tcpwhy.Diagnosis.Causes;

/// <summary>A program has all its connections to a server in use and opens no more: who needs one waits in the program for it.</summary>
public sealed class PoolExhausted : Cause
{
    public override string Id => "pool-exhausted";

    /// <summary>Nothing broke yet: whoever waits may still be served.</summary>
    public override bool Breaks => false;

    public override Verdict? Judge(Case broken, World world)
    {
        // What a proxy holds back is its queue.
        if (broken is not { Ceiling: { } ceiling, Waiting.Process: { } program } || Proxies.MayBeProxy(program.Comm))
            return null;
        bool callers = ceiling.MadeCallersWait;
        Verdict verdict = new Verdict(this, broken)
            .For(0.5, true, "connections, all waiting for an answer, always", $"{ceiling.Connections}", "inet_diag")
            .For(0.5, callers, "requests that the program had read and sent to no server", $"{ceiling.Waiting}", "inet_diag")
            .For(0.3, callers, "the oldest since", Phrases.Duration(ceiling.Oldest), "tcp_info")
            .For(0.4, callers && ceiling.PassesOn, "its answers that let a caller's leave at once", $"{ceiling.PassedOn} of {ceiling.Answered}", "tcp_sock")
            .For(0.4, ceiling.Threads > ceiling.Connections, "threads that took turns on them", $"{ceiling.Threads}", "task_struct")
            .For(0.2, ceiling.Renewed == 0, "opened meanwhile", "none", "inet_diag")
            .For(0.2, callers && ceiling.Left > 0, "callers that left unanswered", $"{ceiling.Left}", "tcp_sock")
            .Against(0.2, !callers, "callers of the program", "none seen", "inet_diag")
            .Weighs(Severity.Warning)
            .Blames(Fault.Client, toldByClient: true)
            .Tells("program", Phrases.Process(program))
            .Tells("connections", $"{ceiling.Connections}")
            .Tells("took", Phrases.Duration(ceiling.Longest))
            .Tells("span", Phrases.Duration(ceiling.Span))
            .Tells("waiters", callers ? $"{ceiling.Waiting}" : $"{ceiling.Threads - ceiling.Connections}+");
        return verdict
            .Remedy("application", "faster")
            .Remedy("application", "pool", "maximumPoolSize", $"{ceiling.Connections}")
            .Remedy("application", "bound-wait")
            .SettleBy("pool-metrics");
    }
}
