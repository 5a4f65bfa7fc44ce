using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>option nolinger resets connections with answers still on their way.</summary>
internal sealed class NoLinger : Rule
{
    public override string Id => "nolinger";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "linger-zero-abort";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (HaproxySection section in chain.Haproxy?.Sections ?? [])
        {
            foreach (HaproxyLine line in section.Lines)
            {
                if (line.Says("option", "nolinger"))
                    yield return At(line, new Phrase("'{0}' ends connections with a reset, which destroys what is still on its way", "option nolinger"), Edit.Remove(line.File, line.Start));
            }
        }
    }
}
