using Tcpwhy.Diagnosis;
using Tcpwhy.Model;
using Tcpwhy.Tests.Cli;
using Xunit;

namespace Tcpwhy.Tests.Diagnosis;

/// <summary>What is one finding, and what it says of those to whom it happened.</summary>
public class FindingsTests
{
    [Fact]
    public void Processes_that_a_script_starts_one_after_the_other_are_one_finding()
    {
        var findings = new Findings();
        foreach (int pid in (int[])[100, 101, 100, 102])
            findings.Add(By("curl", pid));

        Finding one = Assert.Single(findings.Ranked());
        Assert.Equal((4, 100), (one.Count, one.Process!.Pid));
        Assert.Equal([101, 102], one.MorePids);
        Assert.Equal("curl (pid 100, +2)", one.Facts["client"]);
        Assert.Equal("java (pid 4312)", one.Facts["server"]);
    }

    [Fact]
    public void Other_programs_and_other_containers_are_findings_of_their_own()
    {
        var findings = new Findings();
        foreach (Finding part in (Finding[])[By("curl", 1), By("wget", 2), By("curl", 3, "3f2a9c1b7d10")])
            findings.Add(part);

        Assert.All(findings.Ranked(), one => Assert.Equal((1, 0), (one.Count, one.MorePids.Count)));
        Assert.Equal(3, findings.Ranked().Count);
    }

    [Fact]
    public void Parts_of_a_history_know_a_process_once()
    {
        Findings first = new(), second = new(), all = new();
        foreach (int pid in (int[])[100, 101])
            first.Add(By("curl", pid));
        foreach (int pid in (int[])[101, 102, 103])
            second.Add(By("curl", pid));
        foreach (Finding part in first.Ranked(Findings.OfParts).Concat(second.Ranked(Findings.OfParts)))
            all.Add(part);

        Finding one = Assert.Single(all.Ranked());
        Assert.Equal((5, 100), (one.Count, one.Process!.Pid));
        Assert.Equal([101, 102, 103], one.MorePids);
        Assert.Equal("curl (pid 100, +3)", one.Facts["client"]);
    }

    [Fact]
    public void The_other_end_is_told_in_the_same_way()
    {
        var findings = new Findings();
        foreach (int pid in (int[])[7, 8])
            findings.Add(Examples.CloseUnread with { PeerProcess = new ProcessInfo(pid, "curl"), Facts = new Dictionary<string, string> { ["client"] = $"curl (pid {pid})" } });

        Finding one = Assert.Single(findings.Ranked());
        Assert.Empty(one.MorePids);
        Assert.Equal([8], one.MorePeerPids);
        Assert.Equal("curl (pid 7, +1)", one.Facts["client"]);
    }

    [Fact]
    public void A_loop_that_runs_all_day_is_no_endless_list()
    {
        var findings = new Findings();
        for (int pid = 1; pid <= 5000; pid++)
            findings.Add(By("curl", pid));

        Finding one = Assert.Single(findings.Ranked());
        Assert.Equal((5000, 99), (one.Count, one.MorePids.Count));
    }

    private static Finding By(string comm, int pid, string? container = null) => Examples.CloseUnread with
    {
        Count = 1,
        Process = new ProcessInfo(pid, comm) { Container = container },
        PeerProcess = null,
        Facts = new Dictionary<string, string> { ["client"] = $"{comm} (pid {pid})", ["server"] = "java (pid 4312)" },
    };
}
