using Tcpwhy.Lab;
using Tcpwhy.Model;
using Xunit;

namespace Tcpwhy.E2e.Diagnosis;

/// <summary>What a diagnosis has to say of a fault that was made.</summary>
static class TrialAssert
{
    static readonly string[] NormalLife = ["healthcheck-noise", "port-scan-noise", "normal-reset-close", "connection-churn"];

    /// <summary>It is named first, every connection is counted, the process is right, and nothing else is called trouble.</summary>
    public static void Named(Trial trial) => Assert.True(Objection(trial) is null, Objection(trial));

    /// <summary>What is wrong with what was said, or null.</summary>
    public static string? Objection(Trial trial)
    {
        string? wrong = trial.Obstacle is not null ? "not made"
            : !trial.IsNamed ? "not named first"
            : trial.Counted != trial.Made!.Count ? $"counted {trial.Counted}"
            : trial.First!.Severity == Severity.Info != IsNormalLife(trial) ? "of the wrong severity"
            : !IsOurs(trial.First.Process ?? trial.First.PeerProcess, trial.Made) ? "of another process"
            : trial.Findings.Any(other => other.Cause != trial.Fault.Cause && other.Severity > Severity.Info) ? "other trouble besides"
            : null;
        return wrong is null ? null : $"{trial.Fault.Cause} ({trial.Parameters.Variant ?? "usual"}) {wrong}: {Said(trial)}";
    }

    static bool IsNormalLife(Trial trial) => NormalLife.Contains(trial.Fault.Cause) || trial.Parameters.Variant == "harmless";

    static bool IsOurs(ProcessInfo? named, Made made) => named is not null && (named.Pid == made.Client?.Pid || named.Pid == made.Server?.Pid);

    static string Said(Trial trial) => trial.Obstacle ?? $"made {trial.Made!.Count} by {Who(trial.Made.Client)} and {Who(trial.Made.Server)}, said:{Of(trial.Findings)}";

    /// <summary>Findings, one a line.</summary>
    public static string Of(IEnumerable<Finding> findings) => string.Concat(findings.Select(finding =>
        $"\n  {finding.Count} × {finding.Cause} ({finding.Severity}, {finding.Confidence:0.00}) {finding.Local} {finding.Peer} by {Who(finding.Process)}: {string.Join("; ", finding.Evidence.Select(item => $"{(item.Against ? "against: " : "")}{item.What}: {item.Value}"))}"));

    static string Who(ProcessInfo? process) => process is null ? "nobody" : $"{process.Comm} (pid {process.Pid})";
}
