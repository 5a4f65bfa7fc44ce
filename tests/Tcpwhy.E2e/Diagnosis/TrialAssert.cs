using Tcpwhy.Lab;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>What a diagnosis has to say of a fault that was made.</summary>
static class TrialAssert
{
    static readonly string[] NormalLife = ["healthcheck-noise", "port-scan-noise", "normal-reset-close"];

    /// <summary>It is named first, every connection is counted, the process is right, and nothing else is called trouble.</summary>
    public static void Named(Trial trial)
    {
        string said = Said(trial);
        Assert.True(trial.Obstacle is null, said);
        Assert.True(trial.IsNamed, said);
        Assert.True(trial.Counted == trial.Made!.Count, said);
        Finding first = trial.Findings[0];
        Assert.True(first.Severity == Severity.Info == NormalLife.Contains(trial.Fault.Cause), said);
        int[] ours = [.. new[] { trial.Made.Client, trial.Made.Server }.OfType<ProcessInfo>().Select(process => process.Pid)];
        Assert.True((first.Process ?? first.PeerProcess) is { } named ? ours.Contains(named.Pid) : false, said);
        Assert.True(trial.Findings.All(other => other.Cause == trial.Fault.Cause || other.Severity == Severity.Info), said);
    }

    static string Said(Trial trial) =>
        $"{trial.Fault.Cause} ({trial.Parameters.Variant ?? "usual"}): {trial.Obstacle ?? $"made {trial.Made!.Count} by {trial.Made.Client} and {trial.Made.Server}, said: {Of(trial.Findings)}"}";

    /// <summary>Findings, one a line.</summary>
    public static string Of(IEnumerable<Finding> findings) => string.Concat(findings.Select(finding =>
        $"\n  {finding.Count} × {finding.Cause} ({finding.Severity}, {finding.Confidence:0.00}) {finding.Local} {finding.Peer} by {finding.Process}: {string.Join("; ", finding.Evidence.Select(item => $"{(item.Against ? "against: " : "")}{item.What}: {item.Value}"))}"));
}
