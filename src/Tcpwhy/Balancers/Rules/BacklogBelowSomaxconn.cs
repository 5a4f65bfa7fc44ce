using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>somaxconn was raised, and nginx goes on asking for 511.</summary>
internal sealed class BacklogBelowSomaxconn : Rule
{
    public override string Id => "backlog-below-somaxconn";

    public override Severity Severity => Severity.Info;

    public override string? Cause => "backlog-too-small";

    /// <summary>What nginx asks for on Linux.</summary>
    private const long NginxDefault = 511;

    public override IEnumerable<Problem> Check(Chain chain)
    {
        if (chain.Kernel?.Number("net.core.somaxconn") is not { } somaxconn || somaxconn <= NginxDefault)
            yield break;
        foreach (NginxSetup nginx in chain.Nginx)
        {
            HashSet<string> said = [.. nginx.Root.Within("listen").Where(listen => Backlog(listen)).Select(listen => listen[0])];
            foreach (NginxDirective listen in nginx.Root.Within("listen"))
            {
                // One socket, one backlog: the first server that names the address may say it for all.
                if (!listen[0].StartsWith("unix:", StringComparison.Ordinal) && said.Add(listen[0]))
                {
                    yield return At(listen, new Phrase("net.core.somaxconn is raised to {0}, and nginx asks for a backlog of {1}: the raise does nothing for it", $"{somaxconn}", $"{NginxDefault}"),
                        new Edit(listen.File, listen.End - 1, 0, $" backlog={somaxconn}"));
                }
            }
        }
    }

    private static bool Backlog(NginxDirective listen) => listen.Arguments.Any(word => word.Text.StartsWith("backlog=", StringComparison.Ordinal));
}
