using Tcpwhy.Balancers.Rules;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers;

/// <summary>Looks for contradictions in a chain of timeouts.</summary>
public static class Lint
{
    /// <summary>All rules.</summary>
    public static readonly IReadOnlyList<Rule> Rules =
    [
        new ClientOutlivesFront(), new FrontOutlivesKeepAlive(), new FrontForgetsFirst(), new PoolOutlivesServer(), new ResponseOutlivesFront(),
        new HttpClose(), new ServerClose(), new PoolInert(), new NoPool(), new KeepAliveOff(),
        new TimeoutWithoutUnit(), new MissingTimeouts(), new MissingRequestTimeout(), new MissingQueueTimeout(), new MissingTunnelTimeout(), new LongConnectTimeout(),
        new UnboundedRetries(), new UnsafeRetries(), new MissingRedispatch(), new MissingHealthCheck(), new NameResolvedOnce(),
        new LingeringCloseOff(), new ResetOnTimeout(), new NoLinger(),
        new BacklogAboveSomaxconn(), new BacklogBelowSomaxconn(), new FewDescriptors(),
        new ConntrackForgetsFirst(), new AbortOnOverflow(), new TimeWaitRecycle(), new NarrowPortRange(), new SettingTwice(),
    ];

    /// <summary>What contradicts what, the worst first, then in the order of files and lines.</summary>
    public static IReadOnlyList<Problem> Check(Chain chain)
    {
        List<Problem> problems = [];
        HashSet<(string, string?, int)> seen = [];
        foreach (Rule rule in Rules)
        {
            foreach (Problem problem in rule.Check(chain))
            {
                // A file that two others include is read twice.
                if (seen.Add((problem.Rule, problem.File?.Path, problem.Start)))
                    problems.Add(problem);
            }
        }
        return [.. problems.OrderByDescending(problem => problem.Severity).ThenBy(problem => problem.File?.Path, StringComparer.Ordinal).ThenBy(problem => problem.Start)];
    }

    /// <summary>The worst severity among them, or null when there is none.</summary>
    public static Severity? Worst(IReadOnlyList<Problem> problems) => problems.Count == 0 ? null : problems.Max(problem => problem.Severity);
}
