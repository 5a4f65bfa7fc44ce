using Tcpwhy.Balancers.Reading;
using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>One setting has two values; the last line wins.</summary>
internal sealed class SettingTwice : Rule
{
    public override string Id => "setting-twice";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => null;

    public override IEnumerable<Problem> Check(Chain chain)
    {
        foreach (IGrouping<string, SysctlLine> same in (chain.Kernel?.Lines ?? []).GroupBy(line => line.Key))
        {
            SysctlLine last = same.Last();
            foreach (SysctlLine line in same.Where(line => line.Value != last.Value))
            {
                yield return At(line, new Phrase("{0} is {1} here and {2} at {3}, which wins", line.Key, line.Value, last.Value, $"{last.File.Path}:{last.File.LineOf(last.Start)}"),
                    Edit.Remove(line.File, line.Start));
            }
        }
    }
}
