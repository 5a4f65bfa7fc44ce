using Tcpwhy.Diagnosis;
using Tcpwhy.Kernel;
using Tcpwhy.Model;

namespace Tcpwhy.Attempts;

/// <summary>Judges an attempt by what it met itself, with the ordinary causes, and with what any user may know of this host.</summary>
internal sealed class OwnEvidence
{
    private readonly OwnNamespace _here;
    private readonly ProcessInfo _self;
    private readonly World _world = new();
    private readonly Cases _cases;

    public OwnEvidence(OwnNamespace here)
    {
        _here = here;
        _self = new ProcessInfo(Environment.ProcessId, "tcpwhy");
        _cases = new Cases(_world);
    }

    /// <summary>The cause that what the attempt met shows best; unknown-reset or unknown-timeout when it shows none.</summary>
    public Verdict Judge(FailedAttempt failed, int alike = 1)
    {
        if (failed.Stage == AttemptStage.Connect)
        {
            foreach (Event known in Context(failed))
                _world.Observe(known);
        }
        int synRetries = failed is { Stage: AttemptStage.Connect, Errno: Errno.ETIMEDOUT } ? _here.SynRetries : 0;
        foreach (Event next in AttemptEvents.Of(failed, _here.Inode, _self, synRetries))
            _cases.Observe(next);
        if (failed is { Stage: AttemptStage.Connect } and ({ TimedOut: true } or { Errno: Errno.ETIMEDOUT }) && OwnNamespace.IsHere(failed) && _here.Full(failed.Remote) is { } full)
            _cases.Observe(new AcceptQueueFull { Time = failed.Time, Netns = _here.Inode, Local = failed.Remote, Remote = failed.Local, Waiting = full.Waiting, Backlog = full.Backlog });
        Verdict? verdict = null;
        foreach (Case broken in _cases.Rest(failed.Time).ToList())
        {
            broken.Alike = alike;
            verdict ??= Diagnoser.Judge(broken, _world);
        }
        return verdict ?? throw new InvalidOperationException($"no cause, not even an unknown one, for {failed}");
    }

    /// <summary>Findings whose evidence says where we have it from: no tracepoint was asked.</summary>
    public static IEnumerable<Finding> Told(Findings findings) =>
        findings.Ranked().Select(finding => finding with { Evidence = [.. finding.Evidence.Select(item => item with { Source = Source(item.Source) })] });

    private static string Source(string kernel) => kernel switch
    {
        "tcp_sock" or "tcp:tcp_retransmit_skb" => "TCP_INFO",
        "cgroup_skb/ingress" or "inet_diag" => "inet_diag",
        _ when kernel.StartsWith("net.", StringComparison.Ordinal) => kernel,
        _ => "our own connection",
    };

    private IEnumerable<Event> Context(FailedAttempt failed) =>
        failed.Errno == AttemptEvents.EADDRNOTAVAIL ? _here.Settings() : OwnNamespace.IsHere(failed) ? _here.Listeners() : [];
}
