using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>A full accept queue resets clients instead of letting them try again.</summary>
internal sealed class AbortOnOverflow : Rule
{
    public override string Id => "abort-on-overflow";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "accept-queue-overflow-rst";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        if (chain.Kernel?.Find("net.ipv4.tcp_abort_on_overflow") is { Value: "1" } line)
            yield return At(line, new Phrase("a full accept queue resets clients, where a dropped SYN would let them succeed a second later"), Edit.Replace(line, "net.ipv4.tcp_abort_on_overflow = 0"));
    }
}
