using Tcpwhy.Model;

namespace Tcpwhy.Balancers.Rules;

/// <summary>tcp_tw_recycle drops clients behind one NAT, and is gone since Linux 4.12.</summary>
internal sealed class TimeWaitRecycle : Rule
{
    public override string Id => "tw-recycle";

    public override Severity Severity => Severity.Warning;

    public override string? Cause => "paws-reject";

    public override IEnumerable<Problem> Check(Chain chain)
    {
        if (chain.Kernel?.Find("net.ipv4.tcp_tw_recycle") is { } line)
            yield return At(line, new Phrase("tcp_tw_recycle drops clients behind one NAT; since Linux 4.12 it does not exist, and sysctl fails on it"), Edit.Remove(line.File, line.Start));
    }
}
