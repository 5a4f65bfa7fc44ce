using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>The kernel cuts a backlog to somaxconn.</summary>
internal sealed class BacklogAboveSomaxconn : Rule
{
    public override string Id => "backlog-above-somaxconn";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "accept-queue-overflow-drop";

    /// <summary>Since Linux 5.4.</summary>
    private const long KernelDefault = 4096;

    public override IEnumerable<Problem> Check(Chain chain)
    {
        SysctlLine? setting = chain.Kernel?.Find("net.core.somaxconn");
        long somaxconn = chain.Kernel?.Number("net.core.somaxconn") ?? KernelDefault;
        foreach (HaproxySection front in chain.Haproxy?.Fronts ?? [])
        {
            foreach (HaproxyLine line in front.Lines)
            {
                string? asked = line[0] == "backlog" ? line[1] : line[0] == "bind" ? line.After("backlog") : null;
                if (long.TryParse(asked, out long backlog) && backlog > somaxconn)
                    yield return Cut(At(line, Cuts(backlog, somaxconn), Right(setting, backlog)), backlog);
            }
        }
        foreach (NginxSetup nginx in chain.Nginx)
        {
            foreach (NginxDirective listen in nginx.Root.Within("listen"))
            {
                string? asked = listen.Arguments.Select(word => word.Text).FirstOrDefault(word => word.StartsWith("backlog=", StringComparison.Ordinal));
                if (asked is not null && long.TryParse(asked["backlog=".Length..], out long backlog) && backlog > somaxconn)
                    yield return Cut(At(listen, Cuts(backlog, somaxconn), Right(setting, backlog)), backlog);
            }
        }
    }

    private static Phrase Cuts(long backlog, long somaxconn) =>
        new("a backlog of {0} is asked for, and the kernel cuts it to net.core.somaxconn, {1}: bursts are dropped earlier than was meant", $"{backlog}", $"{somaxconn}");

    private static Edit[] Right(SysctlLine? setting, long backlog) => setting is null ? [] : [Edit.Replace(setting, $"net.core.somaxconn = {backlog}")];

    private static Problem Cut(Problem problem, long backlog) => problem.Edits.Count > 0 ? problem
        : problem with { Advice = new Phrase("in /etc/sysctl.d: {0}, or ask for less; then restart what listens", $"net.core.somaxconn = {backlog}") };
}
