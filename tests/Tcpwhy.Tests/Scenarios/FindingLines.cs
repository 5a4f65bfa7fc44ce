using System.Text;
using Tcpwhy.Model;

namespace Tcpwhy.Tests.Scenarios;

/// <summary>Findings as compact text: what they claim and on what evidence, without the numbers that differ from host to host.</summary>
internal static class FindingLines
{
    public static string Of(Answer answer)
    {
        if (answer.Findings.Count == 0)
            return "nothing\n";
        StringBuilder text = new();
        foreach (Finding finding in answer.Findings)
        {
            text.Append($"{finding.Severity.ToString().ToLowerInvariant()} {finding.Cause} {finding.Count}x {finding.Confidence:0.00} ");
            text.Append($"{finding.Local} ({finding.Process?.Comm ?? "?"}) - {finding.Peer} ({finding.PeerProcess?.Comm ?? "?"}), fault: {finding.Fault.ToString().ToLowerInvariant()}\n");
            foreach (Evidence seen in finding.Evidence)
                text.Append($"  {(seen.Against ? '-' : '+')} {seen.What}: {seen.Value} {seen.Count}x {seen.Source}\n");
            if (finding.SettlesIt is { } key)
                text.Append($"  ? {key}\n");
            if (finding.AcrossGap)
                text.Append("  ! across a gap\n");
        }
        return text.ToString();
    }
}
