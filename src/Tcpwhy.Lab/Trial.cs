using System.Net;
using Tcpwhy.Model;

namespace Tcpwhy.Lab;

/// <summary>One fault made under diagnosis, and what the diagnosis said of it.</summary>
public sealed record Trial(Fault Fault, Parameters Parameters)
{
    /// <summary>Addresses of the network in which it was made: they tell its findings from those of trials beside it.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>What the fault did; null when it could not be made.</summary>
    public Made? Made { get; init; }

    /// <summary>Why it could not be made, or null.</summary>
    public string? Obstacle { get; init; }

    /// <summary>What was said of it, the first finding first.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The first finding that is not mere information about the healthy traffic beside the fault.</summary>
    public Finding? First => Findings.FirstOrDefault(finding => !IsBeside(finding));

    /// <summary>Whether the fault was made, and that finding names it.</summary>
    public bool IsNamed => Made is not null && First?.Cause == Fault.Cause;

    /// <summary>How many connections the findings of that cause count.</summary>
    public int Counted => Findings.Where(finding => finding.Cause == Fault.Cause).Sum(finding => finding.Count);

    /// <summary>Whether a finding is mere information about the healthy traffic that was made beside the fault.</summary>
    internal bool IsBeside(Finding finding)
    {
        int port = Background.PortOf(Parameters);
        return Parameters.BackgroundLoad && finding.Severity == Severity.Info && finding.Cause != Fault.Cause && (finding.Local.Port == port || finding.Peer.Port == port);
    }

    internal Trial Judged(Answer answer) =>
        this with { Findings = [.. answer.Findings.Where(finding => Addresses.Contains(finding.Local.Address) || Addresses.Contains(finding.Peer.Address))] };
}
