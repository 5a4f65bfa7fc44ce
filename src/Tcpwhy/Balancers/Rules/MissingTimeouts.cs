using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>Without a timeout a connection to a vanished peer stays for ever.</summary>
internal sealed class MissingTimeouts : Rule
{
    public override string Id => "missing-timeouts";

    public override Severity Severity => Severity.Critical;

    public override string? Cause => "half-open-peer-gone";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection section in chain.Haproxy?.Sections ?? [])
        {
            string[] wanted = section.Kind switch
            {
                "frontend" => ["client"],
                "backend" => ["connect", "server"],
                "listen" => ["client", "connect", "server"],
                _ => [],
            };
            if (section.IsBack && !section.Servers.Any())
                wanted = section.IsFront ? ["client"] : [];
            foreach (string name in wanted)
            {
                if (section.Timeout(name) is null)
                {
                    yield return At(section.Head, new Phrase("'{0}' has no 'timeout {1}': a connection whose peer vanished stays for ever", section.Name, name),
                        Edit.Add(section, $"timeout {name} {(name == "connect" ? "2s" : "60s")}"));
                }
            }
        }
    }
}
