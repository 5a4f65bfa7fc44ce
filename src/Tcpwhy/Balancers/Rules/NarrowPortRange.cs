using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>Few local ports for connections to one backend.</summary>
internal sealed class NarrowPortRange : Rule
{
    public override string Id => "narrow-port-range";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "ephemeral-port-exhaustion";

    private const int Fewest = 16_000;

    public override IEnumerable<Problem> Check(Chain chain)
    {
        if (chain.Kernel?.Find("net.ipv4.ip_local_port_range") is not { } line)
            yield break;
        string[] ends = line.Value.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (ends.Length == 2 && int.TryParse(ends[0], out int first) && int.TryParse(ends[1], out int last) && last >= first && last - first + 1 < Fewest)
        {
            yield return At(line, new Phrase("{0} local ports for all connections to one backend, those in TIME_WAIT included", $"{last - first + 1}"),
                Edit.Replace(line, "net.ipv4.ip_local_port_range = 10240 65535"));
        }
    }
}
