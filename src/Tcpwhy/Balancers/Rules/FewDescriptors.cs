using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>nginx may open more connections than descriptors.</summary>
internal sealed class FewDescriptors : Rule
{
    public override string Id => "few-descriptors";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "fd-limit-accept";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (NginxSetup nginx in chain.Nginx)
        {
            if (nginx.Root.Within("worker_connections").LastOrDefault() is not { } line || !int.TryParse(line[0], out int connections))
                continue;
            // A proxied connection takes two.
            int needed = nginx.Passes.Any() ? 2 * connections : connections;
            if (nginx.Root.Own("worker_rlimit_nofile") is { } limit)
            {
                if (int.TryParse(limit[0], out int descriptors) && descriptors < needed)
                    yield return At(limit, new Phrase("{0} connections need {1} descriptors, and a worker has {2}", $"{connections}", $"{needed}", $"{descriptors}"), Edit.Replace(limit, $"worker_rlimit_nofile {2 * needed};"));
            }
            else if (needed > 2048 && nginx.IsWhole)
            {
                yield return At(line, new Phrase("{0} connections need {1} descriptors, and without worker_rlimit_nofile a worker has what it was started with, often 1024", $"{connections}", $"{needed}"),
                    new Edit(nginx.Main, nginx.Main.StartOf(1), 0, $"worker_rlimit_nofile {2 * needed};\n"));
            }
        }
    }
}
